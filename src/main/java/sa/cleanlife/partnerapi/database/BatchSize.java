package sa.cleanlife.partnerapi.database;

import java.time.Duration;

/** The largest number of requests in one batch: it grows while batches are quick and shrinks when they are slow. */
final class BatchSize {
    /** Beyond this size the fixed cost of a statement is spread so thin that larger batches gain nothing. */
    private static final int LARGEST = 512;

    private static final int SMALLEST = 32;

    /** Requests added to the limit after a full batch that was quick. */
    private static final int STEP = 8;

    /**
     * After a batch that took longer, the limit shrinks, so that its first requests do not wait for the whole batch.
     */
    private static final Duration LONG_BATCH = Duration.ofMillis(50);

    private int limit = 128;

    int limit() {
        return limit;
    }

    /** Adjusts the limit by the size and duration of a finished batch. */
    void adapt(int size, long tookNanos) {
        if (tookNanos > LONG_BATCH.toNanos() && size >= SMALLEST) {
            long inTime = size * LONG_BATCH.toNanos() / tookNanos;
            limit = (int) Math.max(SMALLEST, inTime);
        } else if (size == limit) {
            limit = Math.min(LARGEST, limit + STEP);
        }
    }
}
