package sa.cleanlife.partnerapi.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Until when a key is to be valid, as an operator says it: never ending, for some time from now on, or until a time. */
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
