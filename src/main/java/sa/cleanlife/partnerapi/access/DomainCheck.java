package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.Request;

/**
 * Keeps a partner's keys to the web pages of its registered domains. A browser says where a page is from; what is no
 * browser says nothing, and passes. So this protects keys that stand in pages, and no others.
 */
public final class DomainCheck implements AccessCheck {
    @Override
    public Future<Void> check(Request request, ActiveKey key) {
        if (key.origins().isEmpty()) {
            return Future.succeededFuture();
        }
        // Of several, none is believed: together they are no origin.
        var origins = request.headers(HttpHeaders.ORIGIN);
        return (origins.isEmpty() ? request.header(HttpHeaders.REFERER) : Optional.of(String.join(",", origins)))
                .flatMap(key.origins()::refusal)
                .<Future<Void>>map(Future::failedFuture)
                .orElseGet(Future::succeededFuture);
    }
}
