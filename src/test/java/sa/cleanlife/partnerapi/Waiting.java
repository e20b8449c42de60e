package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** For what becomes so by itself, after a while. */
final class Waiting {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private Waiting() {}

    /** Fails unless it is so within some seconds. */
    static void until(BooleanSupplier condition) {
        assertThat(within(Duration.ofSeconds(5), condition)).isTrue();
    }

    static boolean within(Duration time, BooleanSupplier condition) {
        return before(System.nanoTime() + time.toNanos(), condition);
    }

    /** @param deadline as {@link System#nanoTime} tells the time */
    static boolean before(long deadline, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            RawConnection.sleep(BETWEEN_LOOKS);
        }
        return System.nanoTime() - deadline <= 0;
    }
}
