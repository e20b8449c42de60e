package sa.cleanlife.partnerapi.http;

import io.vertx.core.Future;

/**
 * A check before every partner route: lets the request pass, or fails with an error response. The application lists the
 * filters in order.
 */
@FunctionalInterface
public interface Filter {
    Future<Void> pass(Request request);
}
