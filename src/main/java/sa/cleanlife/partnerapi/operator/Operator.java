package sa.cleanlife.partnerapi.operator;

import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/** The person or program that changes something, as the audit names it, with what a change needs: the time and ids. */
public record Operator(String name, Clock clock, Supplier<UUID> ids) {
    /** Throws {@link CommandRefusedException} when nobody could be recognised by that name. */
    public Operator {
        if (!NameRule.isUsable(name)) {
            throw new CommandRefusedException(
                    "The name of who makes a change %s, for example sara.".formatted(NameRule.REQUIREMENTS));
        }
    }

    public Instant now() {
        return clock.instant();
    }

    public UUID newId() {
        return ids.get();
    }
}
