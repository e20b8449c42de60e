package sa.cleanlife.partnerapi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for conditions that become true by themselves after a while. */
public final class Waiting {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private Waiting() {}

    /** Fails unless the condition becomes true within some seconds. */
    public static void until(BooleanSupplier condition) {
        assertThat(within(Duration.ofSeconds(5), condition)).isTrue();
    }

    public static boolean within(Duration time, BooleanSupplier condition) {
        return before(System.nanoTime() + time.toNanos(), condition);
    }

    /** Whether the condition becomes true before the deadline, given as {@link System#nanoTime}. */
    public static boolean before(long deadline, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            RawConnection.sleep(BETWEEN_LOOKS);
        }
        return System.nanoTime() - deadline <= 0;
    }
}
