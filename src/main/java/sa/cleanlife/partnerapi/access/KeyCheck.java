package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import sa.cleanlife.partnerapi.http.Call;

/** One of the steps that a call passes once its key is known. The application lists them in order. */
public interface KeyCheck {
    /** Fails with the refusal when the key's rules forbid the call. */
    Future<Void> check(Call call, HeldKey key);
}
