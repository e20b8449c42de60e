package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Filter;
import sa.cleanlife.partnerapi.http.Request;

/**
 * Authenticates a request by its API key, and lets it pass if the key's rules allow it. The holder of a closed key is
 * told the cause. Every other request gets the same response, whatever it sent; the log has the reason.
 */
public final class KeyFilter implements Filter {
    private static final CharSequence X_API_KEY = HttpHeaders.createOptimized("x-api-key");

    private final KeyCache keys;
    private final UnknownKeyThrottle unknownKeys;
    private final KeyUsage usage;
    private final List<AccessCheck> checks;

    /** @param checks the checks that a request with an active key must pass, in this order */
    public KeyFilter(KeyCache keys, UnknownKeyThrottle unknownKeys, KeyUsage usage, List<AccessCheck> checks) {
        this.keys = keys;
        this.unknownKeys = unknownKeys;
        this.usage = usage;
        this.checks = checks;
    }

    @Override
    public Future<Void> pass(Request request) {
        var sent = request.header(X_API_KEY)
                .or(() -> request.queryParameter("api_key"))
                .filter(text -> !text.isBlank());
        var key = sent.flatMap(ApiKey::parse);
        if (key.isEmpty()) {
            var refusal = unknown(sent.isEmpty() ? "no API key was sent" : "the API key is malformed");
            return request.onItsLoop(unknownKeys.delay()).compose(waited -> Future.failedFuture(refusal));
        }
        var hash = key.get().hash();
        var held = keys.find(hash);
        if (held.isPresent()) {
            return check(request, held.get());
        }
        var closed = keys.findClosed(hash);
        if (closed.isEmpty()) {
            return request.onItsLoop(unknownKeys.lookUp()).compose(looked -> checkAgain(request, hash));
        }
        return closed.get().mayOpenAgain()
                // While the database is not available, the last known state of the key decides.
                ? request.onItsLoop(unknownKeys.lookUp().otherwiseEmpty()).compose(looked -> checkAgain(request, hash))
                : refuse(request, closed.get());
    }

    private Future<Void> checkAgain(Request request, ApiKeyHash hash) {
        var held = keys.find(hash);
        return held.isPresent()
                ? check(request, held.get())
                : keys.findClosed(hash)
                        .map(closed -> refuse(request, closed))
                        .orElseGet(() -> Future.failedFuture(unknown("the API key is unknown")));
    }

    private static ApiException unknown(String reason) {
        return ErrorCode.UNAUTHORIZED.error().because(reason);
    }

    private static Future<Void> refuse(Request request, ClosedKey key) {
        request.identify(key.caller());
        return Future.failedFuture(key.refusal());
    }

    private Future<Void> check(Request request, ActiveKey key) {
        request.identify(key.caller());
        usage.count(key.caller().keyId());
        return pass(request, key, checks.iterator());
    }

    /** Runs the checks in order. It waits only for a check that does not complete at once, which is rare. */
    private static Future<Void> pass(Request request, ActiveKey key, Iterator<AccessCheck> left) {
        while (left.hasNext()) {
            var checked = left.next().check(request, key);
            if (!checked.succeeded()) {
                return checked.compose(passed -> pass(request, key, left));
            }
        }
        return Future.succeededFuture();
    }
}
