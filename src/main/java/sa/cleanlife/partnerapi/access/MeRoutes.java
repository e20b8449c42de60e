package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Request;
import sa.cleanlife.partnerapi.http.RequiredPermission;

/**
 * Tells the caller its partner and key, over HTTP. It is a newcomer's first request, and any active key may make it.
 */
public final class MeRoutes {
    private final KeyCache keys;

    public MeRoutes(KeyCache keys) {
        this.keys = keys;
    }

    public void addTo(Api api) {
        api.get("/v1/partners/me", RequiredPermission.ANY_KEY, this::read);
    }

    private Future<MeJson> read(Request request) {
        var key = keys.find(request.caller().keyId());
        // The key was active when the request came in; it may have been revoked since.
        return Future.succeededFuture(new MeJson(key.orElseThrow(ErrorCode.UNAUTHORIZED::error)));
    }
}
