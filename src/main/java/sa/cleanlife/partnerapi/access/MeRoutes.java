package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Request;
import sa.cleanlife.partnerapi.http.RequiredPermission;

/** Who the caller is, over HTTP: the first call of a newcomer, which any good key may make. */
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
        // It was good when the call came in; it may have been revoked since.
        return Future.succeededFuture(new MeJson(key.orElseThrow(ErrorCode.UNAUTHORIZED::error)));
    }
}
