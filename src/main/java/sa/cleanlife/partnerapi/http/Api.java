package sa.cleanlife.partnerapi.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import sa.cleanlife.partnerapi.http.edge.Connections;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.Listing;
import sa.cleanlife.partnerapi.http.json.Sentence;

/**
 * The routes of the API and the single entry and exit of all requests. Features add their routes; a handler returns a
 * future and never touches the response. An instance serves one event loop.
 */
public final class Api {
    /** A client may send any method name; only known ones are logged. */
    private static final Set<HttpMethod> KNOWN_METHODS = Set.copyOf(HttpMethod.values());

    private static final HttpMethod OTHER_METHOD = HttpMethod.valueOf("OTHER");

    /** The name, in logs and metrics, of requests whose path does not exist. */
    private static final Resource UNKNOWN = new Resource("(unknown)");

    private static final Resource MALFORMED = new Resource("(malformed)");

    private static final Sentence NEAREST_PATH = new Sentence(
            "There is no such path; the nearest is %s. The API is described at /docs.",
            "هذا المسار غير موجود؛ وأقرب مسار إليه هو \u200E%s. تجد وصف واجهة برمجة التطبيقات (API) في \u200E/docs.");

    private static final Sentence OTHER_METHODS = new Sentence(
            "This path does not allow this method; it allows %s.",
            "هذا المسار لا يقبل هذه الطريقة (method)؛ بل يقبل %s.");

    private final Vertx vertx;
    private final List<Filter> filters;
    private final Refusals refusals;
    private final Cors cors;
    private final ResponseWriter writer;
    private final ActiveRequests active = new ActiveRequests();
    private final RoutingTable table = new RoutingTable();

    /**
     * @param filters the checks before every partner route, in this order
     * @param refusals maps other exceptions to an error response; empty means 500
     * @param origins maps the Origin header of a web page to an error response; empty if the origin is registered
     */
    public Api(
            Vertx vertx,
            List<Filter> filters,
            Function<Throwable, Optional<ApiException>> refusals,
            Function<String, Optional<ApiException>> origins,
            RequestLog requestLog) {
        this.vertx = vertx;
        this.filters = filters;
        this.refusals = new Refusals(refusals);
        this.cors = new Cors(origins);
        this.writer = new ResponseWriter(vertx, cors, requestLog);
    }

    /** The options of the HTTP server that enforce the limits of this API. */
    public static HttpServerOptions serverOptions() {
        return Connections.limit(new HttpServerOptions())
                .setMaxInitialLineLength(MalformedRequest.MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MalformedRequest.MAX_HEADER_BYTES)
                // WebSocket is not used, and looking for it in every message takes time.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
    }

    public void get(
            String path, RequiredPermission permission, Function<Request, Future<? extends Json.Value>> handler) {
        add(HttpMethod.GET, path, request -> admit(request, permission).compose(admitted -> answer(request, handler)));
    }

    /** Adds a route that returns a list, with or without pages. */
    public void list(String path, RequiredPermission permission, Function<Request, Future<Listing>> handler) {
        add(
                HttpMethod.GET,
                path,
                request -> admit(request, permission)
                        .compose(admitted -> answer(request, handler, list -> Response.success(list, request))));
    }

    public void post(
            String path, RequiredPermission permission, Function<Request, Future<? extends Json.Value>> handler) {
        post(path, permission, BodyReader.MAX_KIB, handler);
    }

    /** Adds a route with a larger body than the usual 64 KiB. */
    public void post(
            String path,
            RequiredPermission permission,
            int maxKib,
            Function<Request, Future<? extends Json.Value>> handler) {
        addWithBody(HttpMethod.POST, path, permission, maxKib, handler);
    }

    public void patch(
            String path, RequiredPermission permission, Function<Request, Future<? extends Json.Value>> handler) {
        addWithBody(HttpMethod.PATCH, path, permission, BodyReader.MAX_KIB, handler);
    }

    public void delete(
            String path, RequiredPermission permission, Function<Request, Future<? extends Json.Value>> handler) {
        add(
                HttpMethod.DELETE,
                path,
                request -> admit(request, permission).compose(admitted -> answer(request, handler)));
    }

    private void addWithBody(
            HttpMethod method,
            String path,
            RequiredPermission permission,
            int maxKib,
            Function<Request, Future<? extends Json.Value>> handler) {
        add(
                method,
                path,
                request -> admit(request, permission).compose(admitted -> answerWithBody(request, maxKib, handler)));
    }

    /** Adds a fixed page that needs no key. It is rejected under overload: partner requests come first. */
    public void page(String path, int status, Map<CharSequence, CharSequence> headers, Buffer content) {
        var all = headers.entrySet().stream()
                .map(header -> new Header(header.getKey(), header.getValue()))
                .toList();
        var page = Future.succeededFuture(new Response(status, all, content, Optional.empty()));
        add(HttpMethod.GET, path, request -> active.isOverloaded() ? Future.failedFuture(overloaded()) : page);
    }

    private static ApiException overloaded() {
        return ErrorCode.SERVICE_UNAVAILABLE.error().because("overloaded");
    }

    private void add(HttpMethod method, String path, Function<Request, Future<Response>> handler) {
        table.resource(path).add(new Route(method, path, handler));
    }

    private static Future<Response> answer(Request request, Function<Request, Future<? extends Json.Value>> handler) {
        return answer(request, handler, data -> Response.success(data, request));
    }

    /** Returns the response for the handler's result; throws if the handler read fields without calling {@code done()}. */
    private static <T> Future<Response> answer(
            Request request, Function<Request, ? extends Future<? extends T>> handler, Function<T, Response> success) {
        var result = handler.apply(request);
        request.errors().requireChecked();
        return result.map(data -> {
            // Checked again, since the handler may have read more fields meanwhile.
            request.errors().requireChecked();
            return success.apply(data);
        });
    }

    private Future<Response> answerWithBody(
            Request request, int maxKib, Function<Request, Future<? extends Json.Value>> handler) {
        var body = BodyReader.read(vertx, request.request(), maxKib);
        active.leave();
        return body.transform(arrived -> {
            active.enter();
            if (arrived.failed()) {
                return Future.failedFuture(arrived.cause());
            }
            request.receive(arrived.result());
            return answer(request, handler);
        });
    }

    /** Runs the filters and the permission check, without creating a future for each one that completes at once. */
    private Future<Void> admit(Request request, RequiredPermission permission) {
        try {
            var passed = pass(request, filters.iterator());
            if (passed.succeeded()) {
                permission.check(request);
                return passed;
            }
            if (!passed.isComplete()) {
                // Paused, since a body that arrives before its reader is attached would be lost.
                request.request().pause();
            }
            return passed.compose(admitted -> {
                permission.check(request);
                return passed;
            });
        } catch (Throwable failure) {
            return Future.failedFuture(failure);
        }
    }

    /** A loop as long as filters complete at once, which is the usual case. */
    private static Future<Void> pass(Request request, Iterator<Filter> left) {
        while (left.hasNext()) {
            var passed = left.next().pass(request);
            if (!passed.succeeded()) {
                return passed.compose(soFar -> pass(request, left));
            }
        }
        return Future.succeededFuture();
    }

    /** Handles a request with a well-formed head. */
    public void handle(HttpServerRequest request) {
        var path = request.path();
        table.find(path == null ? "" : path)
                .ifPresentOrElse(
                        resource -> serve(request, resource),
                        () -> refuse(request, UNKNOWN, unknownPath(path == null ? "" : path)));
    }

    private ApiException unknownPath(String path) {
        return nearest(path)
                .map(nearest -> ErrorCode.RESOURCE_NOT_FOUND.error(NEAREST_PATH.with(nearest)))
                .orElseGet(ErrorCode.RESOURCE_NOT_FOUND::error);
    }

    /** A courtesy, for which there is no time while the server is overloaded. */
    private Optional<String> nearest(String path) {
        return active.isOverloaded() ? Optional.empty() : table.nearest(path);
    }

    private void serve(HttpServerRequest sent, Resource resource) {
        if (sent.version() == HttpVersion.HTTP_1_1
                && sent.headers().getAll(HttpHeaders.HOST).size() != 1) {
            refuse(sent, resource, MalformedRequest.withoutHost());
            return;
        }
        var route = resource.route(sent.method());
        if (route.isPresent()) {
            serve(new Request(sent, sent.method(), resource), route.get());
        } else if (Cors.isPreflight(sent)) {
            var preflight = new Request(sent, sent.method(), resource);
            send(preflight, () -> cors.answer(preflight, resource.allowedMethods()));
        } else {
            var request = unrouted(sent, resource);
            request.addToAnswer(HttpHeaders.ALLOW, resource.allowedMethods());
            refuse(request, ErrorCode.METHOD_NOT_ALLOWED.error(OTHER_METHODS.with(resource.allowedMethods())));
        }
    }

    private void serve(Request request, Route route) {
        active.enter();
        route.handler().apply(request).onComplete(result -> {
            active.leave();
            send(request, () -> result.succeeded() ? result.result() : refusal(request, result.cause()));
        });
    }

    /**
     * Sends the response, or a 500 if it cannot be created or written. Errors are caught as well as exceptions, for
     * example a stack overflow: without a response the client would wait until its connection is closed.
     */
    private void send(Request request, Supplier<Response> response) {
        try {
            writer.send(request, response.get());
        } catch (Throwable failure) {
            writer.sendFault(request, refusals.fault(failure, request));
        }
    }

    /**
     * Sends the error response for a request that the HTTP decoder or the gate before it rejected; the connection is
     * closed.
     */
    public void handleMalformed(HttpServerRequest request) {
        refuse(
                request,
                MALFORMED,
                MalformedRequest.because(request.decoderResult().cause()));
    }

    /** Sends an error response for a request without a route. */
    private void refuse(HttpServerRequest sent, Resource resource, Throwable refusal) {
        refuse(unrouted(sent, resource), refusal);
    }

    private void refuse(Request request, Throwable refusal) {
        send(request, () -> refusal(request, refusal));
    }

    private static Request unrouted(HttpServerRequest sent, Resource resource) {
        return new Request(sent, KNOWN_METHODS.contains(sent.method()) ? sent.method() : OTHER_METHOD, resource);
    }

    private Response refusal(Request request, Throwable failure) {
        return Response.failure(refusals.of(failure, request), request);
    }

    /** Every route, as {@code "GET /v1/…"}; a test compares them with the API reference. */
    public List<String> routes() {
        return table.resources()
                .flatMap(resource -> resource.routes().stream())
                .sorted()
                .toList();
    }
}
