package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;

/** An event loop of a simulated node; it can be paused or killed. */
public final class VirtualLoop implements Scheduler {
    private static final long LONGEST_TURN_NANOS = 100_000;

    private final VirtualTime time;
    private final String name;
    private final SplittableRandom random;

    /** Each machine's nanosecond clock has its own origin; some of them overflow during a run. */
    private final long originNanos;

    private long pausedUntilNanos;
    private boolean gone;

    public VirtualLoop(VirtualTime time, String name, SplittableRandom random) {
        this.time = time;
        this.name = name;
        this.random = random;
        this.originNanos =
                random.nextInt(4) == 0 ? Long.MAX_VALUE - random.nextLong(3_000_000_000L) : random.nextLong();
    }

    public String name() {
        return name;
    }

    /** Runs the event on this event loop after the delay, if the loop still exists by then. */
    public void after(long delayNanos, Runnable event) {
        time.after(delayNanos, () -> turn(event));
    }

    private void turn(Runnable event) {
        if (gone) {
            return;
        }
        long pause = pausedUntilNanos - time.nowNanos();
        if (pause > 0) {
            // Events that queued up during the pause, responses and timeouts, then run in any order.
            after(pause + aTurn(), event);
        } else {
            event.run();
        }
    }

    /** Pauses for this time, as during a garbage collection or on a busy machine. */
    public void pause(long nanos) {
        pausedUntilNanos = time.nowNanos() + nanos;
    }

    /** Stops the loop as kill -9 does: none of its events run any more. */
    public void kill() {
        gone = true;
    }

    public boolean isGone() {
        return gone;
    }

    @Override
    public long nanoTime() {
        return originNanos + time.nowNanos();
    }

    @Override
    public void defer(Runnable turn) {
        after(aTurn(), turn);
    }

    private long aTurn() {
        return 1 + random.nextLong(LONGEST_TURN_NANOS);
    }

    @Override
    public Future<Void> after(Duration delay) {
        var promise = Promise.<Void>promise();
        after(delay.toNanos(), promise::complete);
        return promise.future();
    }

    @Override
    public <T> Future<T> limit(Future<T> answer, Duration longest) {
        if (answer.isComplete()) {
            return answer;
        }
        var promise = Promise.<T>promise();
        after(longest.toNanos(), () -> promise.tryFail(new TimeoutException()));
        answer.onComplete(promise::tryComplete, promise::tryFail);
        return promise.future();
    }
}
