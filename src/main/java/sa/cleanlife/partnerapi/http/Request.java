package sa.cleanlife.partnerapi.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.http.json.Fields;
import sa.cleanlife.partnerapi.http.json.JsonBody;
import sa.cleanlife.partnerapi.http.json.Language;
import sa.cleanlife.partnerapi.http.json.Query;
import sa.cleanlife.partnerapi.http.json.ValidationErrors;

/**
 * An active request: what filters and handlers may read, and the headers of its response. It is used on the event loop
 * of its connection.
 */
public final class Request {
    private static final CharSequence X_REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
    private static final int MAX_REQUEST_ID_LENGTH = 128;
    private static final CharSequence ACCEPT_LANGUAGE = HttpHeaders.createOptimized("accept-language");

    private final HttpServerRequest request;
    private final HttpMethod method;
    private final Resource resource;
    private final String requestId;
    private final long startedNanos;
    private final ValidationErrors errors = new ValidationErrors();
    private final List<Header> answerHeaders = new ArrayList<>(0);
    private @Nullable Caller caller;
    private @Nullable Buffer body;

    Request(HttpServerRequest request, HttpMethod method, Resource resource) {
        this.request = request;
        this.method = method;
        this.resource = resource;
        this.requestId = requestId(request.getHeader(X_REQUEST_ID));
        this.startedNanos = System.nanoTime();
    }

    /**
     * The id that the client sent, if it is 1 to 128 printable ASCII characters without spaces; otherwise a new one.
     */
    private static String requestId(@Nullable String sent) {
        return sent != null
                        && !sent.isEmpty()
                        && sent.length() <= MAX_REQUEST_ID_LENGTH
                        && sent.chars().allMatch(c -> c > ' ' && c < 0x7F)
                ? sent
                : newRequestId();
    }

    /** A new request id. It protects nothing, so it does not need the slower secure random generator. */
    private static String newRequestId() {
        var random = ThreadLocalRandom.current();
        long version4 = (random.nextLong() & ~0xF000L) | 0x4000L;
        long variant2 = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(version4, variant2).toString();
    }

    public String requestId() {
        return requestId;
    }

    public Optional<String> header(CharSequence name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    /** All lines of the header, in order of arrival. */
    public List<String> headers(CharSequence name) {
        return request.headers().getAll(name);
    }

    /** The address at the other end of the connection: the client or a proxy. */
    public InetAddress peer() {
        return InetAddress.ofLiteral(request.connection().remoteAddress().hostAddress());
    }

    public Optional<String> queryParameter(String name) {
        if (request.query() == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(request.getParam(name));
        } catch (IllegalArgumentException malformedPercentEncoding) {
            return Optional.empty();
        }
    }

    /** Sets the caller, in the filter that checks the key. */
    public void identify(Caller who) {
        caller = who;
    }

    public Caller caller() {
        if (caller == null) {
            throw new IllegalStateException("no filter has identified the caller");
        }
        return caller;
    }

    /** Adds a header to the response, whatever its status. For filters, before the response is sent. */
    public void addToAnswer(CharSequence header, CharSequence value) {
        answerHeaders.add(new Header(header, value));
    }

    List<Header> answerHeaders() {
        return answerHeaders;
    }

    /** The language that the client prefers. */
    Language language() {
        return AcceptLanguage.choose(headers(ACCEPT_LANGUAGE));
    }

    /** The same future, completed on the event loop of this request, whichever thread completes the original. */
    public <T> Future<T> onItsLoop(Future<T> elsewhere) {
        if (elsewhere.isComplete()) {
            return elsewhere;
        }
        var loop = Objects.requireNonNull(Vertx.currentContext());
        Promise<T> here = Promise.promise();
        elsewhere.onComplete(told -> loop.runOnContext(go -> here.handle(told)));
        return here.future();
    }

    /**
     * A path parameter that must be a UUID. Throws at once when it is malformed, so it is for routes that read no other
     * field; other routes read {@link #path()}, so that all failed rules are reported at once.
     */
    public UUID uuid(String pathParameter) {
        var path = path();
        var id = path.uuid(pathParameter).required();
        path.done();
        return id;
    }

    /** The path parameters. */
    public Fields path() {
        return Query.ofPath(resource.parameters(Objects.requireNonNull(request.path())), errors);
    }

    /** The query parameters. */
    public Fields query() {
        var query = request.query();
        return Query.read(query == null ? "" : query, errors);
    }

    /** The JSON object in the body; throws a validation error if the body is none. */
    public Fields body() {
        return JsonBody.read(
                header(HttpHeaders.CONTENT_TYPE), headers(HttpHeaders.CONTENT_ENCODING), received(), errors);
    }

    /** As {@link #body}, but a missing body counts as an empty object. */
    public Fields optionalBody() {
        return received().length() == 0 ? JsonBody.none(errors) : body();
    }

    private Buffer received() {
        if (body == null) {
            throw new IllegalStateException("this route has no body");
        }
        return body;
    }

    /** The failed rules of the fields that were read so far. */
    ValidationErrors errors() {
        return errors;
    }

    void receive(Buffer wholeBody) {
        body = wholeBody;
    }

    HttpServerRequest request() {
        return request;
    }

    HttpMethod method() {
        return method;
    }

    /** The path pattern, which names the route in logs and metrics. */
    String pattern() {
        return resource.pattern();
    }

    Optional<Caller> identified() {
        return Optional.ofNullable(caller);
    }

    long nanosSinceStart() {
        return System.nanoTime() - startedNanos;
    }
}
