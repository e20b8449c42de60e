package sa.cleanlife.partnerapi.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of the API, and the one place through which every request comes in and every answer goes out. Features add
 * their routes; a handler answers a future and never touches the response. One instance serves one event loop.
 */
public final class Api {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);

    private static final int MAX_REQUEST_LINE_BYTES = 4 * 1024;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final CharSequence X_REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");

    /**
     * So many calls under way on one event loop, whatever they wait for, are more than a server has that keeps up: what is no
     * call of a partner has to come later.
     */
    private static final int CROWDED = 200;

    /** A caller may invent methods; what it invents is not written to a log. */
    private static final Set<HttpMethod> KNOWN_METHODS = Set.copyOf(HttpMethod.values());

    private static final HttpMethod OTHER_METHOD = HttpMethod.valueOf("OTHER");

    private final Vertx vertx;
    private final List<Filter> filters;
    private final Function<Throwable, Optional<ApiException>> refusals;
    private final Cors cors;
    private final RequestLog requestLog;
    private int underWay;
    private final Map<String, Resource> plainResources = new HashMap<>();
    private final Map<String, Resource> resourcesWithParameters = new LinkedHashMap<>();

    /**
     * @param filters what a call passes before a partner's route, in this order
     * @param refusals what a failure means that is no refusal itself; without a meaning it is a fault of ours
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
        this.refusals = refusals;
        this.cors = new Cors(origins);
        this.requestLog = requestLog;
    }

    /** What the HTTP server must be told for this API's limits to hold. */
    public static HttpServerOptions serverOptions() {
        return Connections.limit(new HttpServerOptions())
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                // Nobody speaks WebSocket with us, and looking for it in every message takes time.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
    }

    public void get(String path, Guard guard, Function<Request, Future<? extends Json.Value>> handler) {
        add(new Route(
                HttpMethod.GET,
                path,
                call -> admit(call, guard)
                        .compose(admitted -> handler.apply(call))
                        .map(Response::success)));
    }

    public void post(String path, Guard guard, Function<Request, Future<? extends Json.Value>> handler) {
        add(new Route(
                HttpMethod.POST,
                path,
                call -> admit(call, guard)
                        .compose(admitted -> bodyOf(call))
                        .compose(body -> {
                            call.receive(body);
                            return handler.apply(call);
                        })
                        .map(Response::success)));
    }

    /** A call is under way again when its body is there: it is not the server that is slow until then. */
    private Future<Buffer> bodyOf(Request call) {
        var body = BodyReader.read(vertx, call.request());
        underWay--;
        return body.onComplete(arrived -> underWay++);
    }

    /** A fixed page that anybody may read, when there is time for it. */
    public void page(String path, int status, Map<CharSequence, CharSequence> headers, Buffer content) {
        var page = Future.succeededFuture(new Response(status, headers, content, Optional.empty()));
        add(new Route(HttpMethod.GET, path, call -> underWay > CROWDED ? Future.failedFuture(overloaded()) : page));
    }

    private static ApiException overloaded() {
        return ErrorCode.SERVICE_UNAVAILABLE.error().because("overloaded");
    }

    private void add(Route route) {
        var resources = Resource.hasParameters(route.pattern()) ? resourcesWithParameters : plainResources;
        resources.computeIfAbsent(route.pattern(), Resource::new).add(route);
    }

    private Future<Void> admit(Request call, Guard guard) {
        var admitted = Future.<Void>succeededFuture()
                .compose(begin -> pass(call, filters.iterator()))
                .compose(passed -> {
                    guard.check(call);
                    return Future.<Void>succeededFuture();
                });
        if (!admitted.isComplete()) {
            // A body that arrives before its reader is there would be lost.
            call.request().pause();
        }
        return admitted;
    }

    /** Straight on as long as nothing has to be waited for, which is the usual. */
    private static Future<Void> pass(Request call, Iterator<Filter> left) {
        while (left.hasNext()) {
            var passed = left.next().pass(call);
            if (!passed.succeeded()) {
                return passed.compose(soFar -> pass(call, left));
            }
        }
        return Future.succeededFuture();
    }

    /** Answers a request whose head could be read. */
    public void handle(HttpServerRequest request) {
        var path = request.path();
        var resource = plainResources.get(path);
        if (resource != null) {
            serve(request, resource, Map.of());
            return;
        }
        var segments = Resource.segmentsOf(path == null ? "" : path);
        for (var candidate : resourcesWithParameters.values()) {
            var parameters = candidate.match(segments);
            if (parameters.isPresent()) {
                serve(request, candidate, parameters.get());
                return;
            }
        }
        refuse(request, "(unknown)", ErrorCode.RESOURCE_NOT_FOUND.error());
    }

    private void serve(HttpServerRequest request, Resource resource, Map<String, String> pathParameters) {
        if (request.version() == HttpVersion.HTTP_1_1
                && request.headers().getAll(HttpHeaders.HOST).size() != 1) {
            refuse(request, resource.pattern(), malformed("request must have the header Host, once"));
            return;
        }
        var route = resource.route(request.method());
        if (route.isEmpty() && Cors.isPreflight(request)) {
            var preflight = new Request(request, request.method(), resource.pattern(), pathParameters);
            send(preflight, cors.answer(preflight, resource.allowedMethods()));
            return;
        }
        if (route.isEmpty()) {
            request.response().putHeader(HttpHeaders.ALLOW, resource.allowedMethods());
            refuse(request, resource.pattern(), ErrorCode.METHOD_NOT_ALLOWED.error());
            return;
        }
        var call = new Request(request, request.method(), resource.pattern(), pathParameters);
        underWay++;
        route.get()
                .handler()
                .apply(call)
                .onComplete(answer -> finish(call, answer), failure -> finish(call, refusal(call, failure)));
    }

    private void finish(Request call, Response answer) {
        underWay--;
        send(call, answer);
    }

    /** Answers what the HTTP decoder or {@link HeadGate} refused; the connection ends with it. */
    public void handleMalformed(HttpServerRequest request) {
        var cause = request.decoderResult().cause();
        var sentence = switch (cause) {
            case TooLongHttpLineException line ->
                "request must have a first line of at most %d bytes".formatted(MAX_REQUEST_LINE_BYTES);
            case TooLongHttpHeaderException headers ->
                "request must have headers of at most %d bytes in all".formatted(MAX_HEADER_BYTES);
            case HeadGate.TransferEncodingException encoding -> "request must have no transfer encoding but chunked";
            case null, default -> "request must be well-formed HTTP/1.1";
        };
        refuse(request, "(malformed)", malformed(sentence));
    }

    private static ApiException malformed(String sentence) {
        return new ValidationErrors().add("request", sentence).refusal();
    }

    /** A refusal that no route gives. */
    private void refuse(HttpServerRequest request, String pattern, ApiException refusal) {
        var method = KNOWN_METHODS.contains(request.method()) ? request.method() : OTHER_METHOD;
        var call = new Request(request, method, pattern, Map.of());
        send(call, refusal(call, refusal));
    }

    private Response refusal(Request call, Throwable failure) {
        if (failure instanceof ApiException refusal) {
            return Response.failure(refusal, call.requestId());
        }
        var known = refusals.apply(failure);
        if (known.isEmpty()) {
            LOG.atError()
                    .addKeyValue("requestId", call.requestId())
                    .setCause(failure)
                    .log("a request failed");
        }
        return Response.failure(known.orElseGet(ErrorCode.INTERNAL_ERROR::error), call.requestId());
    }

    private void send(Request call, Response answer) {
        var request = call.request();
        var response = request.response().setStatusCode(answer.status());
        response.putHeader(X_REQUEST_ID, call.requestId());
        answer.headers().forEach(response::putHeader);
        cors.mark(call);
        response.end(answer.body());
        requestLog.answered(call, answer.status(), answer.reason());
        if (hasBody(request) && !request.isEnded()) {
            BodyReader.discard(vertx, request);
        } else {
            request.resume();
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    /** Every route, as {@code "GET /v1/…"}, so that a test can hold the reference against them. */
    public List<String> routes() {
        var all = new ArrayList<String>();
        List.of(plainResources, resourcesWithParameters)
                .forEach(resources -> resources.values().forEach(resource -> all.addAll(resource.routes())));
        return all.stream().sorted().toList();
    }
}
