package sa.cleanlife.peer;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/** A key of an active partner that is not revoked; it may have expired since it was read. */
public record ActiveKey(UUID keyId, UUID partnerId, String partner, Set<String> permissions, Instant expiresAt) {
    boolean isValidAt(Instant now) {
        return expiresAt == null || now.isBefore(expiresAt);
    }
}
