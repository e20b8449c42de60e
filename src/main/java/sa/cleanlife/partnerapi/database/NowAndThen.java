package sa.cleanlife.partnerapi.database;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** For what fails again and again: it is worth telling the first time, and once a minute after that. */
final class NowAndThen {
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final AtomicReference<Deadline> next = new AtomicReference<>(Deadline.in(Duration.ZERO));

    boolean isTime() {
        var due = next.get();
        return due.hasPassed() && next.compareAndSet(due, Deadline.in(PAUSE));
    }
}
