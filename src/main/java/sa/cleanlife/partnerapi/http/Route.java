package sa.cleanlife.partnerapi.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.function.Function;

/**
 * A route: a method on a path such as {@code /v1/partners/contacts/{contactId}}, with its handler. Logs and metrics
 * show the pattern, never the path itself.
 */
record Route(HttpMethod method, String pattern, Function<Request, Future<Response>> handler) {}
