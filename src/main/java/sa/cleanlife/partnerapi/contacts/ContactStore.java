package sa.cleanlife.partnerapi.contacts;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Where contacts are kept. All of it is asked in sets: one question serves all the requests of a batch. */
interface ContactStore {
    /** Someone to be stored under this id, unless the phone is taken. */
    record NewContact(UUID id, WantedContact wanted) {}

    Future<Map<PhoneNumber, Contact>> findByPhone(Collection<PhoneNumber> phones);

    Future<Map<UUID, Contact>> findById(Collection<UUID> ids);

    /**
     * Answers those that were inserted. Of those that race for a phone, on this node or another, one is; whoever has the
     * others can be looked up once this has answered.
     */
    Future<Map<PhoneNumber, Contact>> insertMissing(List<NewContact> contacts);
}
