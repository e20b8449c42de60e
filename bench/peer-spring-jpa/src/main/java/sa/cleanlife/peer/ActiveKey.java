package sa.cleanlife.peer;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/** A key that may open something. */
public record ActiveKey(UUID keyId, UUID partnerId, String partner, Set<String> permissions, Instant expiresAt) {
    boolean isValidAt(Instant now) {
        return expiresAt == null || now.isBefore(expiresAt);
    }
}
