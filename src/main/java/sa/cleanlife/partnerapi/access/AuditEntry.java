package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change that an operator made: who, when, what, and how it was before and after. It holds no secret, since nothing
 * that is kept of partners and keys is one.
 *
 * @param what the command's words, such as {@code key update}
 * @param before those facts that changed; empty when something was added
 */
public record AuditEntry(
        UUID id,
        Instant at,
        String who,
        String what,
        String partner,
        Optional<UUID> key,
        Map<String, @Nullable Object> before,
        Map<String, @Nullable Object> after) {

    /** With only those of the facts that differ. */
    AuditEntry onlyChanges() {
        return new AuditEntry(id, at, who, what, partner, key, differing(before, after), differing(after, before));
    }

    public AuditEntry withAfter(Map<String, @Nullable Object> other) {
        return new AuditEntry(id, at, who, what, partner, key, before, other);
    }

    private static Map<String, @Nullable Object> differing(
            Map<String, @Nullable Object> facts, Map<String, @Nullable Object> others) {
        var differing = new LinkedHashMap<String, @Nullable Object>();
        facts.forEach((name, value) -> {
            if (!others.containsKey(name) || !Objects.equals(value, others.get(name))) {
                differing.put(name, value);
            }
        });
        return differing;
    }
}
