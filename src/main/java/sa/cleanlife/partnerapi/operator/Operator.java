package sa.cleanlife.partnerapi.operator;

import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The person or program that makes a change, by the name that the audit has, and the clock and ids that a change needs.
 */
public record Operator(String name, Clock clock, Supplier<UUID> ids) {
    /** The refusal of a name that cannot be told apart from others, or breaks the tables and logs that show it. */
    private static final String RULE =
            "The operator's name has 1 to 100 characters, no control characters, and no space at either end, for example sara.";

    /** Throws {@link CommandRefusedException} if the name is not usable. */
    public Operator {
        if (!NameRule.isUsable(name)) {
            throw new CommandRefusedException(RULE);
        }
    }

    public Instant now() {
        return clock.instant();
    }

    public UUID newId() {
        return ids.get();
    }
}
