package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Time and turns, as an event loop gives them. It is handed in, so that a simulation can decide what comes late and what
 * comes first, and need not wait for it.
 */
public interface Time {
    /** Of event loops. */
    static Time of(Vertx vertx) {
        return new VertxTime(vertx);
    }

    /** As {@link System#nanoTime} tells it: good for differences. */
    long nanoTime();

    /** Runs it when what has arrived by now on the event loop that this is called on was read, all of it; never at once. */
    void soon(Runnable turn);

    Future<Void> after(Duration delay);

    /** The answer, or a {@link TimeoutException} if that is not there in time; on the event loop that the answer comes on. */
    <T> Future<T> limit(Future<T> answer, Duration longest);
}
