package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Transaction;

/** How many contacts a key has created: contacts count that, which this package is below, so it is handed in. */
@FunctionalInterface
public interface CreatedContacts {
    record Count(long inHour, long inDay) {}

    Count count(Transaction tx, UUID key, Instant now);
}
