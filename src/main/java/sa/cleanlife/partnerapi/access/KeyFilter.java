package sa.cleanlife.partnerapi.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import sa.cleanlife.partnerapi.database.Coalescer;
import sa.cleanlife.partnerapi.http.Call;
import sa.cleanlife.partnerapi.http.Caller;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Filter;

/**
 * Lets in who sends a key that opens something. Every other key gets the same answer, so that nobody learns why. One
 * instance serves one event loop.
 */
public final class KeyFilter implements Filter {
    private static final CharSequence X_API_KEY = HttpHeaders.createOptimized("x-api-key");

    private final KnownKeys keys;
    private final Coalescer<ApiKeyHash, Optional<Caller>> unknownKeys;

    public KeyFilter(KnownKeys keys, MeterRegistry meters) {
        this.keys = keys;
        this.unknownKeys = new Coalescer<>("look up keys", this::lookUp, meters);
    }

    @Override
    public Future<Void> pass(Call call) {
        var key =
                call.header(X_API_KEY).or(() -> call.queryParameter("api_key")).flatMap(ApiKey::parse);
        if (key.isEmpty()) {
            return Future.failedFuture(ErrorCode.UNAUTHORIZED.error());
        }
        var hash = key.get().hash();
        var caller = keys.find(hash);
        if (caller.isPresent()) {
            call.identify(caller.get());
            return Future.succeededFuture();
        }
        // It may have been issued since the last turn: a new key works at once.
        return unknownKeys.ask(hash).compose(found -> {
            call.identify(found.orElseThrow(ErrorCode.UNAUTHORIZED::error));
            return Future.succeededFuture();
        });
    }

    /** However many unknown keys wait, one look at the database answers them all. */
    private Future<List<Optional<Caller>>> lookUp(List<ApiKeyHash> hashes) {
        return keys.refresh().map(refreshed -> hashes.stream().map(keys::find).toList());
    }
}
