package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pings the database at an interval, and logs when it becomes unavailable and when it is available again. */
final class Heartbeat {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final Vertx vertx;
    private final Supplier<Future<Void>> ping;
    private final Runnable whenLost;
    private volatile boolean available;
    private volatile boolean stopped;
    private volatile LogThrottle remedyFailures = new LogThrottle();

    /** @param whenLost runs once each time the database becomes unavailable */
    Heartbeat(Vertx vertx, Supplier<Future<Void>> ping, Runnable whenLost) {
        this.vertx = vertx;
        this.ping = ping;
        this.whenLost = whenLost;
    }

    /** @param remedy runs after each failed ping, to bring the database back; it may block */
    void start(Runnable remedy) {
        available = true;
        beat(remedy);
    }

    /** Whether the last ping succeeded; false before the start. */
    boolean isAvailable() {
        return available;
    }

    void stop() {
        stopped = true;
        available = false;
    }

    private void beat(Runnable remedy) {
        ping.get().onComplete(answer -> {
            if (stopped) {
                return;
            }
            note(answer.cause());
            var helped = answer.succeeded()
                    ? Future.succeededFuture()
                    : vertx.executeBlocking(Executors.callable(remedy)).onFailure(this::noteRemedy);
            helped.onComplete(done -> vertx.setTimer(INTERVAL.toMillis(), next -> beat(remedy)));
        });
    }

    private void noteRemedy(Throwable failure) {
        if (remedyFailures.isTime()) {
            LOG.atWarn()
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("database restart failed");
        }
    }

    private void note(@Nullable Throwable failure) {
        boolean was = available;
        available = failure == null;
        if (failure == null && !was) {
            LOG.info("database available again");
        } else if (failure != null && was) {
            var unavailable = DatabaseUnavailableException.because(failure);
            LOG.atWarn()
                    .addKeyValue("reason", unavailable.getMessage())
                    .addKeyValue("remedy", unavailable.reason().remedy().orElse(""))
                    .log("database unavailable; requests get a 503 until it is available again");
            remedyFailures = new LogThrottle();
            whenLost.run();
        }
    }
}
