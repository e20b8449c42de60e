package sa.cleanlife.partnerapi.database;

import java.time.Duration;

/**
 * Decides which questions of a queue are rejected when more arrive than are answered: by queueing time, so that those which
 * are accepted do not wait too long, and by count, since what waits takes memory. A queue of no more than one batch is
 * answered next, however long it has waited.
 */
final class LoadShedder {
    /** A question that arrives while others have waited this long is rejected at once. */
    private static final Duration OVERLOADED = Duration.ofMillis(50);

    /** A question that has waited this long is rejected after all: the database has slowed down. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(75);

    /** Whatever the time. */
    private static final int LONGEST_QUEUE = 8_192;

    private final BatchSize batchSize;

    LoadShedder(BatchSize batchSize) {
        this.batchSize = batchSize;
    }

    boolean isQueueFull(int queued) {
        return queued >= LONGEST_QUEUE;
    }

    /** @param oldestWaitNanos how long the first of those in the queue has waited */
    boolean rejectsNewest(int queued, long oldestWaitNanos) {
        return isLate(queued, oldestWaitNanos, OVERLOADED);
    }

    /** @param oldestWaitNanos how long the first of those in the queue has waited */
    boolean rejectsOldest(int queued, long oldestWaitNanos) {
        return isLate(queued, oldestWaitNanos, LONGEST_WAIT);
    }

    private boolean isLate(int queued, long oldestWaitNanos, Duration longest) {
        return queued > batchSize.limit() && oldestWaitNanos >= longest.toNanos();
    }
}
