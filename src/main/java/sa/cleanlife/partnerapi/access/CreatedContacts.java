package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Transaction;

/** How many contacts a key has created. {@code contacts} counts them. This package lies below it, so the count is handed in. */
@FunctionalInterface
public interface CreatedContacts {
    record Count(long inHour, long inDay) {}

    Count count(Transaction tx, UUID key, Instant now);
}
