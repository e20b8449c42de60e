package sa.cleanlife.partnerapi.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Lets web pages of registered origins use the API: responds to preflight requests, and adds the headers without which
 * a browser hides a response from the page. Origins are listed one by one, never {@code *}, and cookies are not used.
 * CORS protects nothing here, since only browsers obey it: a filter rejects the request itself.
 */
final class Cors {
    private static final String API = "/v1/";
    private static final CharSequence ORIGIN = HttpHeaders.createOptimized("Origin");
    private static final CharSequence EXPOSED_HEADERS =
            HttpHeaders.createOptimized("X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, Allow");
    private static final CharSequence ALLOWED_HEADERS =
            HttpHeaders.createOptimized("content-type, x-api-key, x-request-id");

    /** How long a browser may cache the preflight response; short, since a domain may be removed from the list. */
    private static final CharSequence TEN_MINUTES = HttpHeaders.createOptimized("600");

    private final Function<String, Optional<ApiException>> gate;

    Cors(Function<String, Optional<ApiException>> gate) {
        this.gate = gate;
    }

    static boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && isOfTheApi(request)
                && request.headers().contains(ORIGIN)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /** The response to a preflight request, without the headers that {@link #mark} adds to every response. */
    Response answer(Request preflight, String allowedMethods) {
        return preflight
                .header(ORIGIN)
                .flatMap(gate)
                .map(refusal -> Response.failure(refusal, preflight))
                .orElseGet(() -> allowed(allowedMethods));
    }

    private static Response allowed(String methods) {
        var headers = List.of(
                new Header(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods),
                new Header(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS),
                new Header(HttpHeaders.ACCESS_CONTROL_MAX_AGE, TEN_MINUTES));
        return new Response(204, headers, Buffer.buffer(), Optional.empty());
    }

    /** Adds the headers that let a page of a registered origin read the response. */
    void mark(Request request) {
        if (!isOfTheApi(request.request())) {
            return;
        }
        var origin = request.request().getHeader(ORIGIN);
        if (origin == null) {
            return;
        }
        request.addToAnswer(HttpHeaders.VARY, ORIGIN);
        if (gate.apply(origin).isEmpty()) {
            request.addToAnswer(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            if (!isPreflight(request.request())) {
                request.addToAnswer(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
            }
        }
    }

    private static boolean isOfTheApi(HttpServerRequest request) {
        var path = request.path();
        return path != null && path.startsWith(API);
    }
}
