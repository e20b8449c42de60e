package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Reads a monotonic clock and schedules work on the event loop. An interface, so that a simulation can control the
 * order of events and need not wait for them.
 */
public interface Scheduler {
    /** The scheduler of real event loops. */
    static Scheduler of(Vertx vertx) {
        return new VertxScheduler(vertx);
    }

    /** A time as {@link System#nanoTime} returns it: only differences have a meaning. */
    long nanoTime();

    /**
     * Runs the task once everything that has arrived by now on the calling event loop has been read. The task never runs
     * within this call.
     */
    void defer(Runnable task);

    Future<Void> after(Duration delay);

    /**
     * The result, or a {@link TimeoutException} if it comes too late; completes on the event loop of the given future.
     */
    <T> Future<T> limit(Future<T> answer, Duration longest);
}
