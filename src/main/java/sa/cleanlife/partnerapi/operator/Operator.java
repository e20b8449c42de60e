package sa.cleanlife.partnerapi.operator;

import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/** The person or program that changes something, as the audit names it, with what a change needs: the time and ids. */
public record Operator(String name, Clock clock, Supplier<UUID> ids) {
    /** Said of a name that cannot be told apart from others, or breaks what shows it. */
    private static final String RULE =
            "The name of who makes a change has 1 to 100 characters, no control characters, and no space at either end, for example sara.";

    /** Throws {@link CommandRefusedException} when nobody could be recognised by that name. */
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
