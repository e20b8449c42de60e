package sa.cleanlife.partnerapi.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request under way: what a filter or a handler may know of it. It lives on its connection's event loop. */
public final class Request {
    private static final CharSequence X_REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
    private static final int MAX_REQUEST_ID_LENGTH = 128;
    private static final Pattern UUID_FORM =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");

    private final HttpServerRequest request;
    private final HttpMethod method;
    private final String pattern;
    private final Map<String, String> pathParameters;
    private final String requestId;
    private final long startedNanos;
    private @Nullable Caller caller;
    private @Nullable Buffer body;

    Request(HttpServerRequest request, HttpMethod method, String pattern, Map<String, String> pathParameters) {
        this.request = request;
        this.method = method;
        this.pattern = pattern;
        this.pathParameters = pathParameters;
        this.requestId = requestId(request.getHeader(X_REQUEST_ID));
        this.startedNanos = System.nanoTime();
    }

    /** The caller's own when it is 1 to 128 printable ASCII characters without spaces, otherwise a new one. */
    private static String requestId(@Nullable String sent) {
        return sent != null
                        && !sent.isEmpty()
                        && sent.length() <= MAX_REQUEST_ID_LENGTH
                        && sent.chars().allMatch(c -> c > ' ' && c < 0x7F)
                ? sent
                : newRequestId();
    }

    /** Names a request in logs and guards nothing, so it does not wait for the secure source of randomness. */
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

    /** All lines of that header, in the order of arrival. */
    public List<String> headers(CharSequence name) {
        return request.headers().getAll(name);
    }

    /** Who is at the other end of the connection: the caller, or a proxy. */
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

    /** Said by the filter that checks the key. */
    public void identify(Caller who) {
        caller = who;
    }

    public Caller caller() {
        if (caller == null) {
            throw new IllegalStateException("no filter has identified the caller");
        }
        return caller;
    }

    /** Puts a header on the answer of this call, whatever that will be; for a filter, and before the call is answered. */
    public void addToAnswer(CharSequence header, CharSequence value) {
        request.response().putHeader(header, value);
    }

    /** The same future, but told on this call's event loop, whoever completes it. From there the call goes on. */
    public <T> Future<T> onItsLoop(Future<T> elsewhere) {
        if (elsewhere.isComplete()) {
            return elsewhere;
        }
        var loop = Objects.requireNonNull(Vertx.currentContext());
        Promise<T> here = Promise.promise();
        elsewhere.onComplete(told -> loop.runOnContext(go -> here.handle(told)));
        return here.future();
    }

    /** A part of the path that must be a UUID: any version, since an unknown one is merely not there. */
    public UUID uuid(String pathParameter) {
        var text = pathParameters.get(pathParameter);
        if (text == null || !UUID_FORM.matcher(text).matches()) {
            throw new ValidationErrors()
                    .add(pathParameter, pathParameter + " must be a UUID")
                    .refusal();
        }
        return UUID.fromString(text);
    }

    /** The body's one JSON object; throws the refusal when it is none. */
    public Fields fields() {
        if (body == null) {
            throw new IllegalStateException("this route reads no body");
        }
        return Fields.read(request.getHeader(HttpHeaders.CONTENT_TYPE), body);
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

    /** The path's pattern, which names the request in logs and metrics. */
    String pattern() {
        return pattern;
    }

    Optional<Caller> identified() {
        return Optional.ofNullable(caller);
    }

    long nanosSinceStart() {
        return System.nanoTime() - startedNanos;
    }
}
