package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Reads a monotonic clock and schedules work on the event loop. It is handed in, so that a simulation can decide what comes
 * late and what comes first, and need not wait for it.
 */
public interface Scheduler {
    /** The scheduler of real event loops. */
    static Scheduler of(Vertx vertx) {
        return new VertxScheduler(vertx);
    }

    /** As {@link System#nanoTime} tells it: good for differences. */
    long nanoTime();

    /**
     * Runs the task once everything that has arrived by now on the calling event loop has been read. The task never runs
     * within this call.
     */
    void defer(Runnable task);

    Future<Void> after(Duration delay);

    /** The answer, or a {@link TimeoutException} if that is not there in time; on the event loop that the answer comes on. */
    <T> Future<T> limit(Future<T> answer, Duration longest);
}
