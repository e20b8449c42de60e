package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the database again and again for a sign of life, and tells the operator when it is lost and when it is back. */
final class Heartbeat {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final Vertx vertx;
    private final Supplier<Future<Void>> ping;
    private final Runnable whenLost;
    private volatile boolean available;
    private volatile boolean stopped;
    private volatile LogThrottle remedyFailures = new LogThrottle();

    /** @param whenLost what to do once, each time the database no longer answers */
    Heartbeat(Vertx vertx, Supplier<Future<Void>> ping, Runnable whenLost) {
        this.vertx = vertx;
        this.ping = ping;
        this.whenLost = whenLost;
    }

    /** @param remedy what may help when there is no answer; it may block, and is tried again until there is one */
    void start(Runnable remedy) {
        available = true;
        beat(remedy);
    }

    /** Whether the last one was answered; false before the start. */
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
                    .log("the database could not be started again");
        }
    }

    private void note(@Nullable Throwable failure) {
        boolean was = available;
        available = failure == null;
        if (failure == null && !was) {
            LOG.info("the database answers again");
        } else if (failure != null && was) {
            var unavailable = DatabaseUnavailableException.because(failure);
            LOG.atWarn()
                    .addKeyValue("reason", unavailable.getMessage())
                    .addKeyValue("remedy", unavailable.reason().remedy().orElse(""))
                    .log("the database does not answer; requests get a 503 until it does");
            remedyFailures = new LogThrottle();
            whenLost.run();
        }
    }
}
