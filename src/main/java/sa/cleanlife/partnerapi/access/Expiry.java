package sa.cleanlife.partnerapi.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The expiry of a key as an operator gives it: never, after a duration, or at a time. */
@FunctionalInterface
public interface Expiry {
    Expiry NEVER = now -> Optional.empty();

    static Expiry in(Duration time) {
        return now -> Optional.of(now.plus(time));
    }

    static Expiry at(Instant end) {
        return now -> Optional.of(end);
    }

    Optional<Instant> from(Instant now);
}
