package sa.cleanlife.partnerapi;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Filter;
import sa.cleanlife.partnerapi.http.Request;

/**
 * The state of the server: starting, serving or stopping. As the first filter it rejects the requests that arrive
 * during the start.
 */
final class Lifecycle implements Filter {
    private enum State {
        STARTING,
        SERVING,
        STOPPING
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.STARTING);

    /** Ends the start, unless a stop has begun meanwhile. */
    void serve() {
        state.compareAndSet(State.STARTING, State.SERVING);
    }

    void stop() {
        state.set(State.STOPPING);
    }

    boolean isStarting() {
        return state.get() == State.STARTING;
    }

    /** Whether the start is over and no stop has begun. */
    boolean isServing() {
        return state.get() == State.SERVING;
    }

    @Override
    public Future<Void> pass(Request request) {
        return refusal().<Future<Void>>map(Future::failedFuture).orElseGet(Future::succeededFuture);
    }

    /** The rejection of a request during the start; empty afterwards. */
    Optional<ApiException> refusal() {
        return isStarting() ? Optional.of(ErrorCode.SERVICE_UNAVAILABLE.error().because("starting")) : Optional.empty();
    }
}
