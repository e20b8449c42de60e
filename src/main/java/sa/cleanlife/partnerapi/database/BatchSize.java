package sa.cleanlife.partnerapi.database;

import java.time.Duration;

/** How many questions go into one batch at the most: more while batches are quick, fewer when they are slow. */
final class BatchSize {
    /** Longer batches gain nothing, whatever a statement costs that is the same for few questions and for many. */
    private static final int LARGEST = 512;

    private static final int SMALLEST = 32;

    /** By so much a full batch grows as long as batches are quick. */
    private static final int STEP = 8;

    /** After a batch that took longer the next are so much smaller, so that the answers of the first are not held back. */
    private static final Duration LONG_BATCH = Duration.ofMillis(50);

    private int limit = 128;

    int limit() {
        return limit;
    }

    /** Learns from a batch that was answered. */
    void adapt(int size, long tookNanos) {
        if (tookNanos > LONG_BATCH.toNanos() && size >= SMALLEST) {
            long inTime = size * LONG_BATCH.toNanos() / tookNanos;
            limit = (int) Math.max(SMALLEST, inTime);
        } else if (size == limit) {
            limit = Math.min(LARGEST, limit + STEP);
        }
    }
}
