package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Transaction;

/**
 * Counts the contacts that a key has created. The package {@code contacts}, which lies above this one, implements it.
 */
@FunctionalInterface
public interface CreatedContacts {
    record Count(long inHour, long inDay) {}

    Count count(Transaction tx, UUID key, Instant now);
}
