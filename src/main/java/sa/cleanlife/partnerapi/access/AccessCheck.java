package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import sa.cleanlife.partnerapi.http.Request;

/** A check that a request must pass once its key is known. The application lists the checks in order. */
public interface AccessCheck {
    /** Fails with the rejection if the key's rules forbid the request. */
    Future<Void> check(Request request, ActiveKey key);
}
