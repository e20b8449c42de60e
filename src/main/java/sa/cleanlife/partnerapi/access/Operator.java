package sa.cleanlife.partnerapi.access;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Who changes partners and keys, as the audit names them, with what a change needs: the time and ids. */
public record Operator(String name, Clock clock, Supplier<UUID> ids) {
    /** Said of a name that cannot be told apart from others, or breaks what shows it. */
    private static final String RULE =
            "The name of who makes a change has 1 to 100 characters, no control characters, and no space at either end, for example sara.";

    /** Throws {@link AccessChangeException} when nobody could be recognised by that name. */
    public Operator {
        if (!Names.isUsable(name)) {
            throw new AccessChangeException(RULE);
        }
    }

    Instant now() {
        return clock.instant();
    }

    AuditEntry added(String what, Partner partner) {
        return new AuditEntry(
                ids.get(), now(), name, what, partner.name(), Optional.empty(), Map.of(), partner.facts());
    }

    AuditEntry added(String what, KeyRecord key) {
        return new AuditEntry(
                ids.get(), now(), name, what, key.partner(), Optional.of(key.id()), Map.of(), key.facts());
    }

    AuditEntry changed(String what, Partner before, Partner after) {
        return new AuditEntry(
                        ids.get(), now(), name, what, after.name(), Optional.empty(), before.facts(), after.facts())
                .onlyChanges();
    }

    AuditEntry changed(String what, KeyRecord before, KeyRecord after) {
        return new AuditEntry(
                        ids.get(),
                        now(),
                        name,
                        what,
                        after.partner(),
                        Optional.of(after.id()),
                        before.facts(),
                        after.facts())
                .onlyChanges();
    }
}
