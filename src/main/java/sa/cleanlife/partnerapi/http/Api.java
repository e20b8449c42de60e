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
 * The routes of the API, and the one place through which every request comes in and every answer goes out. Features add
 * their routes; a handler answers a future and never touches the response. One instance serves one event loop.
 */
public final class Api {
    /** A caller may invent methods; what it invents is not written to a log. */
    private static final Set<HttpMethod> KNOWN_METHODS = Set.copyOf(HttpMethod.values());

    private static final HttpMethod OTHER_METHOD = HttpMethod.valueOf("OTHER");

    /** Name, in logs and metrics, the requests that have no path of the API. */
    private static final Resource UNKNOWN = new Resource("(unknown)");

    private static final Resource MALFORMED = new Resource("(malformed)");

    private static final Sentence NEAREST_PATH = new Sentence(
            "There is no such path; the nearest is %s. The API is described at /docs.",
            "هذا المسار غير موجود؛ وأقرب مسار إليه هو \u200E%s. تجد وصف واجهة برمجة التطبيقات (API) في \u200E/docs.");

    private static final Sentence OTHER_METHODS = new Sentence(
            "This path does not take this method; it takes %s.",
            "هذا المسار لا يقبل هذه الطريقة (method)؛ بل يقبل %s.");

    private final Vertx vertx;
    private final List<Filter> filters;
    private final Refusals refusals;
    private final Cors cors;
    private final ResponseWriter writer;
    private final ActiveRequests active = new ActiveRequests();
    private final RoutingTable table = new RoutingTable();

    /**
     * @param filters what a request passes before a partner's route, in this order
     * @param refusals maps other exceptions to a refusal; empty means 500
     * @param origins the refusal of a web page's origin, as the header has it; empty when the origin is registered
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

    /** What the HTTP server must be told for this API's limits to hold. */
    public static HttpServerOptions serverOptions() {
        return Connections.limit(new HttpServerOptions())
                .setMaxInitialLineLength(MalformedRequest.MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MalformedRequest.MAX_HEADER_BYTES)
                // Nobody speaks WebSocket with us, and looking for it in every message takes time.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
    }

    public void get(
            String path, RequiredPermission permission, Function<Request, Future<? extends Json.Value>> handler) {
        add(HttpMethod.GET, path, request -> admit(request, permission).compose(admitted -> answer(request, handler)));
    }

    /** A list, of pages or whole. */
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

    /** With a body of so many KiB at most, where the usual 64 are too few. */
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
                request -> admit(request, permission)
                        .compose(admitted -> bodyOf(request, maxKib))
                        .compose(body -> {
                            request.receive(body);
                            return answer(request, handler);
                        }));
    }

    /** A fixed page that anybody may read, when there is time for it: calls of partners come first. */
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

    /** Returns the response to the handler's result; throws if the handler read fields without calling {@code done()}. */
    private static <T> Future<Response> answer(
            Request request, Function<Request, ? extends Future<? extends T>> handler, Function<T, Response> success) {
        var result = handler.apply(request);
        request.errors().requireChecked();
        return result.map(data -> {
            // A rule may have failed since.
            request.errors().requireChecked();
            return success.apply(data);
        });
    }

    private Future<Buffer> bodyOf(Request request, int maxKib) {
        var body = BodyReader.read(vertx, request.request(), maxKib);
        active.leave();
        return body.onComplete(arrived -> active.enter());
    }

    /** Passes the filters and the permission, without a future for each where nothing has to be waited for. */
    private Future<Void> admit(Request request, RequiredPermission permission) {
        try {
            var passed = pass(request, filters.iterator());
            if (passed.succeeded()) {
                permission.check(request);
                return passed;
            }
            if (!passed.isComplete()) {
                // A body that arrives before its reader is there would be lost.
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

    /** Straight on as long as nothing has to be waited for, which is the usual. */
    private static Future<Void> pass(Request request, Iterator<Filter> left) {
        while (left.hasNext()) {
            var passed = left.next().pass(request);
            if (!passed.succeeded()) {
                return passed.compose(soFar -> pass(request, left));
            }
        }
        return Future.succeededFuture();
    }

    /** Answers a request whose head could be read. */
    public void handle(HttpServerRequest request) {
        var path = request.path();
        table.find(path == null ? "" : path)
                .ifPresentOrElse(
                        resource -> serve(request, resource),
                        () -> refuse(request, UNKNOWN, unknownPath(path == null ? "" : path)));
    }

    private ApiException unknownPath(String path) {
        return table.nearest(path)
                .map(nearest -> ErrorCode.RESOURCE_NOT_FOUND.error(NEAREST_PATH.with(nearest)))
                .orElseGet(ErrorCode.RESOURCE_NOT_FOUND::error);
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
     * Sends this response, or a 500 when it cannot be made or written. Errors are caught as well as exceptions, such as an
     * overflow of the stack: without any response the client would wait until its connection is closed.
     */
    private void send(Request request, Supplier<Response> response) {
        try {
            writer.send(request, response.get());
        } catch (Throwable failure) {
            writer.sendFault(request, refusals.fault(failure, request));
        }
    }

    /** Answers what the HTTP decoder or the gate before it refused; the connection ends with it. */
    public void handleMalformed(HttpServerRequest request) {
        refuse(
                request,
                MALFORMED,
                MalformedRequest.because(request.decoderResult().cause()));
    }

    /** A refusal that no route gives. */
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

    /** Every route, as {@code "GET /v1/…"}, so that a test can hold the reference against them. */
    public List<String> routes() {
        return table.resources()
                .flatMap(resource -> resource.routes().stream())
                .sorted()
                .toList();
    }
}
