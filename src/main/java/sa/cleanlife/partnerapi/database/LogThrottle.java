package sa.cleanlife.partnerapi.database;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Limits a repeated log message to the first occurrence and then one a minute. */
final class LogThrottle {
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    boolean isTime() {
        long due = next.get();
        long now = System.nanoTime();
        return now - due >= 0 && next.compareAndSet(due, now + PAUSE.toNanos());
    }
}
