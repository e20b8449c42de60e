package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The time of Vert.x and of this machine. */
record VertxTime(Vertx vertx) implements Time {
    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void soon(Runnable turn) {
        var loop = Objects.requireNonNull(Vertx.currentContext());
        loop.runOnContext(now -> turn.run());
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
