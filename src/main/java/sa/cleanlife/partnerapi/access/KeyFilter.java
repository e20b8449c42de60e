package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import sa.cleanlife.partnerapi.http.Call;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Filter;
import sa.cleanlife.partnerapi.usage.KeyUsage;

/**
 * Lets in who sends a key that opens something, if the key's rules allow the call. Every other key gets the same answer,
 * so that nobody learns why.
 */
public final class KeyFilter implements Filter {
    private static final CharSequence X_API_KEY = HttpHeaders.createOptimized("x-api-key");

    private final KnownKeys keys;
    private final KeyLookup lookup;
    private final KeyUsage usage;
    private final List<KeyCheck> checks;

    /** @param checks what a call with a good key must pass, in this order */
    public KeyFilter(KnownKeys keys, KeyLookup lookup, KeyUsage usage, List<KeyCheck> checks) {
        this.keys = keys;
        this.lookup = lookup;
        this.usage = usage;
        this.checks = checks;
    }

    @Override
    public Future<Void> pass(Call call) {
        var key =
                call.header(X_API_KEY).or(() -> call.queryParameter("api_key")).flatMap(ApiKey::parse);
        if (key.isEmpty()) {
            return call.onItsLoop(lookup.waitInVain())
                    .compose(waited -> Future.failedFuture(ErrorCode.UNAUTHORIZED.error()));
        }
        var hash = key.get().hash();
        var held = keys.find(hash);
        return held.isPresent()
                ? check(call, held.get())
                : call.onItsLoop(lookup.look())
                        .compose(looked -> check(call, keys.find(hash).orElseThrow(ErrorCode.UNAUTHORIZED::error)));
    }

    private Future<Void> check(Call call, HeldKey key) {
        call.identify(key.caller());
        usage.count(key.caller().keyId());
        return pass(call, key, checks.iterator());
    }

    /** Straight on as long as nothing has to be waited for, which is the usual. */
    private static Future<Void> pass(Call call, HeldKey key, Iterator<KeyCheck> left) {
        while (left.hasNext()) {
            var checked = left.next().check(call, key);
            if (!checked.succeeded()) {
                return checked.compose(passed -> pass(call, key, left));
            }
        }
        return Future.succeededFuture();
    }
}
