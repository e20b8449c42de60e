package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Schedules on the event loops of Vert.x, with the clock of this machine. */
record VertxScheduler(Vertx vertx) implements Scheduler {
    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void defer(Runnable task) {
        var loop = Objects.requireNonNull(Vertx.currentContext());
        loop.runOnContext(now -> task.run());
    }

    @Override
    public Future<Void> after(Duration delay) {
        return vertx.timer(delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public <T> Future<T> limit(Future<T> answer, Duration longest) {
        return answer.timeout(longest.toMillis(), TimeUnit.MILLISECONDS);
    }
}
