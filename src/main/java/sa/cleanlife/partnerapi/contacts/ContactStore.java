package sa.cleanlife.partnerapi.contacts;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;

/** Stores contacts. Every operation takes a set, so one query serves all the requests of a batch. */
interface ContactStore {
    Future<Map<PhoneNumber, Contact>> findByPhone(Collection<PhoneNumber> phones);

    Future<Map<UUID, Contact>> findById(Collection<UUID> ids);

    /**
     * Inserts the missing contacts and returns the ones that were inserted. If several requests race for a phone, on
     * this node or another, one of them creates the contact; the others can find it once this has completed.
     *
     * @param requests the requests, each by the id of the contact that it would create
     */
    Future<Map<PhoneNumber, Contact>> insertMissing(SequencedMap<UUID, ContactRequest> requests);
}
