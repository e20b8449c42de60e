package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.Request;

/**
 * Rejects requests from web pages that are not on the partner's registered domains. Browsers send the origin of a page;
 * other clients send none, and pass. So this protects only keys that are embedded in web pages.
 */
public final class DomainCheck implements AccessCheck {
    @Override
    public Future<Void> check(Request request, ActiveKey key) {
        if (key.origins().isEmpty()) {
            return Future.succeededFuture();
        }
        // If there are several origins, none of them is trusted: joined together they are no origin.
        var origins = request.headers(HttpHeaders.ORIGIN);
        return (origins.isEmpty() ? request.header(HttpHeaders.REFERER) : Optional.of(String.join(",", origins)))
                .flatMap(key.origins()::refusal)
                .<Future<Void>>map(Future::failedFuture)
                .orElseGet(Future::succeededFuture);
    }
}
