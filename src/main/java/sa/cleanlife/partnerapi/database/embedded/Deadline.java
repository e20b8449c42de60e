package sa.cleanlife.partnerapi.database.embedded;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** When a wait for another process is given up. */
record Deadline(long nanoTime) {
    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    boolean hasPassed() {
        return System.nanoTime() - nanoTime >= 0;
    }

    /** Lets the other process get on, for as short a time as a start of a few milliseconds deserves. */
    void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("Interrupted while waiting for PostgreSQL.", e);
        }
    }

    /** Whether the condition came true in time. */
    boolean await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (hasPassed()) {
                return false;
            }
            pause();
        }
        return true;
    }
}
