package sa.cleanlife.partnerapi.fuzz;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How long this machine has kept a thread waiting that only wanted to sleep for a moment. On a busy machine a server is no
 * quicker than that, and does not hang.
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
                // As long again may be the clock's fault.
                var late = System.nanoTime() - began - 2 * NAP_MILLIS * 1_000_000;
                lostNanos.addAndGet(Math.max(0, late));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Since the beginning; it never falls. */
    long lostNanos() {
        return lostNanos.get();
    }

    @Override
    public void close() {
        sleeper.interrupt();
    }
}
