package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Throttles requests whose key is not known. The first is handled at once. Requests that arrive within a tenth of a
 * second after it, or while its key is looked up, wait and are then handled together. So a new key works with its first
 * request; a flood of unknown keys costs this node at most ten queries a second; and each guess costs the guesser a
 * tenth of a second. One instance serves a node.
 */
public final class UnknownKeyThrottle {
    private static final Duration TURN = Duration.ofMillis(100);

    private final Vertx vertx;
    private final KeyCache keys;
    private Turn next = new Turn();
    private boolean busy;

    /** The requests that are handled together: some need a lookup, others only wait. */
    private static final class Turn {
        private final Promise<Void> looked = Promise.promise();
        private final Promise<Void> waited = Promise.promise();
        private boolean isAwaited;
        private boolean needsLook;
    }

    public UnknownKeyThrottle(Vertx vertx, KeyCache keys) {
        this.vertx = vertx;
        this.keys = keys;
    }

    /** Completes when the cache holds every key that was issued before the call. */
    Future<Void> lookUp() {
        return join(true).looked.future();
    }

    /** Delays a request whose key is malformed: there is nothing to look up, but a guess must cost as much time. */
    Future<Void> delay() {
        return join(false).waited.future();
    }

    private Turn join(boolean needsLook) {
        Turn turn;
        boolean isIdle;
        synchronized (this) {
            turn = next;
            turn.isAwaited = true;
            turn.needsLook |= needsLook;
            isIdle = !busy;
            busy = true;
        }
        if (isIdle) {
            take();
        }
        return turn;
    }

    /** Fails the next turn as well: its requests have waited as long, and would meet the same failure. */
    private void giveUp(Throwable failure) {
        Turn behind;
        synchronized (this) {
            behind = next;
            next = new Turn();
        }
        behind.waited.complete();
        behind.looked.fail(failure);
    }

    private void take() {
        Turn turn;
        synchronized (this) {
            turn = next;
            next = new Turn();
        }
        turn.waited.complete();
        var looked = turn.needsLook ? keys.refresh() : Future.<Void>succeededFuture();
        looked.onComplete(turn.looked).onFailure(this::giveUp);
        Future.join(looked, vertx.timer(TURN.toMillis(), TimeUnit.MILLISECONDS)).onComplete(over -> {
            boolean isIdle;
            synchronized (this) {
                busy = next.isAwaited;
                isIdle = !busy;
            }
            if (!isIdle) {
                take();
            }
        });
    }
}
