package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An issued key as it is stored, without its secret.
 *
 * @param successor the key that {@code key rotate} issued in its place
 */
public record KeyRecord(
        UUID id,
        String partner,
        KeyLabel label,
        ApiKey.Kind kind,
        String lastFour,
        KeyRules rules,
        Instant createdAt,
        Optional<Instant> expiresAt,
        Optional<Instant> revokedAt,
        Optional<UUID> successor) {

    public KeyRecord withLabel(KeyLabel other) {
        return new KeyRecord(id, partner, other, kind, lastFour, rules, createdAt, expiresAt, revokedAt, successor);
    }

    public KeyRecord withRules(KeyRules others) {
        return new KeyRecord(id, partner, label, kind, lastFour, others, createdAt, expiresAt, revokedAt, successor);
    }

    public KeyRecord expiring(Optional<Instant> at) {
        return new KeyRecord(id, partner, label, kind, lastFour, rules, createdAt, at, revokedAt, successor);
    }

    KeyRecord revoked(Instant at) {
        return new KeyRecord(
                id,
                partner,
                label,
                kind,
                lastFour,
                rules,
                createdAt,
                expiresAt,
                revokedAt.or(() -> Optional.of(at)),
                successor);
    }

    KeyRecord succeededBy(UUID other) {
        return new KeyRecord(
                id, partner, label, kind, lastFour, rules, createdAt, expiresAt, revokedAt, Optional.of(other));
    }

    boolean isOver(Instant now) {
        return revokedAt.isPresent()
                || expiresAt.filter(end -> !now.isBefore(end)).isPresent();
    }
}
