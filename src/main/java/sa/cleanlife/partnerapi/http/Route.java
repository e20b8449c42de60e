package sa.cleanlife.partnerapi.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.function.Function;

/**
 * A method on a path such as {@code /v1/partners/contacts/{contactId}}. The pattern, never the path itself, is what logs
 * and metrics name.
 */
record Route(HttpMethod method, String pattern, Function<Request, Future<Response>> handler) {}
