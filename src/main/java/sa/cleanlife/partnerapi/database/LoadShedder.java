package sa.cleanlife.partnerapi.database;

import java.time.Duration;

/**
 * Decides which requests of a queue are rejected when they arrive faster than the database serves them: by queueing
 * time, so that accepted requests do not wait too long, and by number, since the queue takes memory. A queue of at most
 * one batch is served next, so none of it is rejected, however long it has waited.
 */
final class LoadShedder {
    /** A request that arrives while the oldest has waited this long is rejected at once. */
    private static final Duration OVERLOADED = Duration.ofMillis(50);

    /** A queued request that has waited this long is rejected: the database has slowed down. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(75);

    /** The limit on the number of queued requests, whatever their queueing time. */
    private static final int LONGEST_QUEUE = 8_192;

    private final BatchSize batchSize;

    LoadShedder(BatchSize batchSize) {
        this.batchSize = batchSize;
    }

    boolean isQueueFull(int queued) {
        return queued >= LONGEST_QUEUE;
    }

    /** @param oldestWaitNanos how long the oldest queued request has waited */
    boolean rejectsNewest(int queued, long oldestWaitNanos) {
        return isLate(queued, oldestWaitNanos, OVERLOADED);
    }

    /** @param oldestWaitNanos how long the oldest queued request has waited */
    boolean rejectsOldest(int queued, long oldestWaitNanos) {
        return isLate(queued, oldestWaitNanos, LONGEST_WAIT);
    }

    private boolean isLate(int queued, long oldestWaitNanos, Duration longest) {
        return queued > batchSize.limit() && oldestWaitNanos >= longest.toNanos();
    }
}
