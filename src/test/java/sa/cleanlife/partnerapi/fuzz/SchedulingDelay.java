package sa.cleanlife.partnerapi.fuzz;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures how long this machine delays a thread that only sleeps for a moment. On a busy machine a server cannot
 * respond faster than that, and does not hang.
 */
final class SchedulingDelay implements AutoCloseable {
    private static final long NAP_MILLIS = 2;

    private final AtomicLong lostNanos = new AtomicLong();
    private final Thread sleeper = Thread.ofPlatform().daemon().start(this::sleepAndLook);

    private void sleepAndLook() {
        try {
            while (true) {
                var began = System.nanoTime();
                Thread.sleep(NAP_MILLIS);
                // A sleep may take twice its time without any delay, by the clock's resolution.
                var late = System.nanoTime() - began - 2 * NAP_MILLIS * 1_000_000;
                lostNanos.addAndGet(Math.max(0, late));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** The delay since the start; it never decreases. */
    long lostNanos() {
        return lostNanos.get();
    }

    @Override
    public void close() {
        sleeper.interrupt();
    }
}
