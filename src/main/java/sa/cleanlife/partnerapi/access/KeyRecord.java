package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What is kept of a key that was issued: everything but the key. */
public record KeyRecord(
        UUID id,
        String partner,
        String prefix,
        String lastFour,
        Set<Permission> permissions,
        Instant createdAt,
        Optional<Instant> expiresAt,
        Optional<Instant> revokedAt) {}
