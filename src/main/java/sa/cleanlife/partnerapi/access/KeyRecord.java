package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a key that was issued: everything but the key.
 *
 * @param successor the key that {@code key rotate} issued in its place
 */
public record KeyRecord(
        UUID id,
        String partner,
        ApiKey.Kind kind,
        String lastFour,
        KeyRules rules,
        Instant createdAt,
        Optional<Instant> expiresAt,
        Optional<Instant> revokedAt,
        Optional<UUID> successor) {

    public KeyRecord withRules(KeyRules others) {
        return new KeyRecord(id, partner, kind, lastFour, others, createdAt, expiresAt, revokedAt, successor);
    }

    public KeyRecord expiring(Optional<Instant> at) {
        return new KeyRecord(id, partner, kind, lastFour, rules, createdAt, at, revokedAt, successor);
    }

    KeyRecord revoked(Instant at) {
        return new KeyRecord(
                id,
                partner,
                kind,
                lastFour,
                rules,
                createdAt,
                expiresAt,
                revokedAt.or(() -> Optional.of(at)),
                successor);
    }

    KeyRecord succeededBy(UUID other) {
        return new KeyRecord(id, partner, kind, lastFour, rules, createdAt, expiresAt, revokedAt, Optional.of(other));
    }

    boolean isOver(Instant now) {
        return revokedAt.isPresent()
                || expiresAt.filter(end -> !now.isBefore(end)).isPresent();
    }

    /** By name, as commands print it and the audit keeps it: strings, numbers and lists of strings. */
    public Map<String, @Nullable Object> facts() {
        var facts = new LinkedHashMap<String, @Nullable Object>();
        facts.put("id", id.toString());
        facts.put("partner", partner);
        facts.put("prefix", kind.prefix());
        facts.put("lastFour", lastFour);
        facts.put("createdAt", createdAt.toString());
        facts.put("expiresAt", expiresAt.map(Instant::toString).orElse(null));
        facts.put("revokedAt", revokedAt.map(Instant::toString).orElse(null));
        facts.put("successor", successor.map(UUID::toString).orElse(null));
        facts.put("rateLimit", rules.rateLimit().orElse(null));
        facts.put("newContactsPerDay", rules.newContactsPerDay().orElse(null));
        facts.put(
                "allowedAddresses",
                rules.allowedAddresses().stream().map(AddressRange::toString).toList());
        facts.put(
                "permissions",
                rules.permissions().stream().sorted().map(Permission::code).toList());
        return facts;
    }
}
