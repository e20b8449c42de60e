package sa.cleanlife.partnerapi.bench;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAccumulator;

/** Records the largest memory of a process while it is watched, sampled ten times a second. */
final class MemoryWatch implements AutoCloseable {
    private static final int MILLIS = 100;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());
    private final DoubleAccumulator most = new DoubleAccumulator(Math::max, 0);

    private MemoryWatch() {}

    static MemoryWatch of(long pid) {
        var watch = new MemoryWatch();
        var _ = watch.timer.scheduleAtFixedRate(
                () -> watch.most.accumulate(Memory.residentMegabytes(pid)), 0, MILLIS, TimeUnit.MILLISECONDS);
        return watch;
    }

    double most() {
        return most.get();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
