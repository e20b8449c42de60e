package sa.cleanlife.partnerapi.contacts;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;

/** Where contacts are kept. All of it is asked in sets: one question serves all the requests of a batch. */
interface ContactStore {
    Future<Map<PhoneNumber, Contact>> findByPhone(Collection<PhoneNumber> phones);

    Future<Map<UUID, Contact>> findById(Collection<UUID> ids);

    /**
     * Answers those contacts that were inserted. Of the requests that race for a phone, on this node or another, one creates
     * the contact; whoever has the other phones can be looked up once this has answered.
     *
     * @param requests by the id that each creates its contact with
     */
    Future<Map<PhoneNumber, Contact>> insertMissing(SequencedMap<UUID, ContactRequest> requests);
}
