package sa.cleanlife.partnerapi.http;

import io.vertx.core.Future;

/** A step before every route: lets a call pass, or fails with the refusal. The application lists them in order. */
@FunctionalInterface
public interface Filter {
    Future<Void> pass(Request request);
}
