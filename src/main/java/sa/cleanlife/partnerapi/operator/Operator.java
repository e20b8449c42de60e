package sa.cleanlife.partnerapi.operator;

import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The person or program that makes a change, by the name that the audit has, and the clock and ids that a change needs.
 */
public record Operator(String name, Clock clock, Supplier<UUID> ids) {
    /** Throws {@link CommandRefusedException} if the name is not usable. */
    public Operator {
        if (!NameRule.isUsable(name)) {
            throw new CommandRefusedException(
                    "The operator's name %s, for example sara.".formatted(NameRule.REQUIREMENTS));
        }
    }

    public Instant now() {
        return clock.instant();
    }

    public UUID newId() {
        return ids.get();
    }
}
