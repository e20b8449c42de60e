package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Filter;
import sa.cleanlife.partnerapi.http.Request;

/**
 * Lets in who sends a key that opens something, if the key's rules allow the request. Every other key gets the same answer,
 * so that nobody learns why.
 */
public final class KeyFilter implements Filter {
    private static final CharSequence X_API_KEY = HttpHeaders.createOptimized("x-api-key");

    private final KnownKeys keys;
    private final KeyLookup lookup;
    private final KeyUsage usage;
    private final List<KeyCheck> checks;

    /** @param checks what a request with a good key must pass, in this order */
    public KeyFilter(KnownKeys keys, KeyLookup lookup, KeyUsage usage, List<KeyCheck> checks) {
        this.keys = keys;
        this.lookup = lookup;
        this.usage = usage;
        this.checks = checks;
    }

    @Override
    public Future<Void> pass(Request request) {
        var key = request.header(X_API_KEY)
                .or(() -> request.queryParameter("api_key"))
                .flatMap(ApiKey::parse);
        if (key.isEmpty()) {
            return request.onItsLoop(lookup.waitInVain())
                    .compose(waited -> Future.failedFuture(ErrorCode.UNAUTHORIZED.error()));
        }
        var hash = key.get().hash();
        var held = keys.find(hash);
        return held.isPresent()
                ? check(request, held.get())
                : request.onItsLoop(lookup.look())
                        .compose(looked -> check(request, keys.find(hash).orElseThrow(ErrorCode.UNAUTHORIZED::error)));
    }

    private Future<Void> check(Request request, HeldKey key) {
        request.identify(key.caller());
        usage.count(key.caller().keyId());
        return pass(request, key, checks.iterator());
    }

    /** Straight on as long as nothing has to be waited for, which is the usual. */
    private static Future<Void> pass(Request request, HeldKey key, Iterator<KeyCheck> left) {
        while (left.hasNext()) {
            var checked = left.next().check(request, key);
            if (!checked.succeeded()) {
                return checked.compose(passed -> pass(request, key, left));
            }
        }
        return Future.succeededFuture();
    }
}
