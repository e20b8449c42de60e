package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Where calls wait whose key is not known. The first is dealt with at once. Those that come within a tenth of a second
 * after it, or while it is looked for, wait and are then dealt with together. So a new key works with its first call; a
 * flood of keys that open nothing costs this node ten looks at the database in a second; and each guess costs whoever
 * guesses a tenth of a second. One instance serves a node.
 */
public final class KeyLookup {
    private static final Duration TURN = Duration.ofMillis(100);

    private final Vertx vertx;
    private final KeyCache keys;
    private Turn next = new Turn();
    private boolean busy;

    /** Those that are dealt with together: some look for a key, for the others there is nothing to look for. */
    private static final class Turn {
        private final Promise<Void> looked = Promise.promise();
        private final Promise<Void> waited = Promise.promise();
        private boolean isAwaited;
        private boolean needsLook;
    }

    public KeyLookup(Vertx vertx, KeyCache keys) {
        this.vertx = vertx;
        this.keys = keys;
    }

    /** Once it completes, every key is known that was issued before it was called. */
    Future<Void> look() {
        return join(true).looked.future();
    }

    /** For a key that cannot be one: costs no query, but the time. */
    Future<Void> waitInVain() {
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

    /** Those behind have waited as long, and would find the same. */
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
