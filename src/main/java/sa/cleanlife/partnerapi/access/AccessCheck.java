package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import sa.cleanlife.partnerapi.http.Request;

/** One of the steps that a request passes once its key is known. The application lists them in order. */
public interface AccessCheck {
    /** Fails with the refusal when the key's rules forbid the request. */
    Future<Void> check(Request request, ActiveKey key);
}
