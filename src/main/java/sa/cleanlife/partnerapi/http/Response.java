package sa.cleanlife.partnerapi.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.Map;
import java.util.Optional;

/** What is sent back: a status, a body and the headers that belong to it; the reason is for the log. */
record Response(int status, Map<CharSequence, CharSequence> headers, Buffer body, Optional<String> reason) {
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("retry-after");
    private static final CharSequence ONE_SECOND = HttpHeaders.createOptimized("1");

    /** Answers hold personal data and are had by a header that shared caches do not know: none may keep them. */
    private static final Map<CharSequence, CharSequence> JSON_HEADERS =
            Map.of(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON, HttpHeaders.CACHE_CONTROL, NO_STORE);

    private static final Map<CharSequence, CharSequence> UNAVAILABLE_HEADERS = headersWithRetryAfter(ONE_SECOND);

    static Response success(Json.Value data) {
        return new Response(200, JSON_HEADERS, Envelope.success(data), Optional.empty());
    }

    static Response failure(ApiException refusal, String requestId) {
        return new Response(
                refusal.code().status(), headersOf(refusal), Envelope.failure(refusal, requestId), refusal.reason());
    }

    private static Map<CharSequence, CharSequence> headersOf(ApiException refusal) {
        if (refusal.retryAfter().isPresent()) {
            return headersWithRetryAfter(Long.toString(refusal.retryAfter().getAsLong()));
        }
        return refusal.code() == ErrorCode.SERVICE_UNAVAILABLE ? UNAVAILABLE_HEADERS : JSON_HEADERS;
    }

    private static Map<CharSequence, CharSequence> headersWithRetryAfter(CharSequence seconds) {
        return Map.of(
                HttpHeaders.CONTENT_TYPE, APPLICATION_JSON, HttpHeaders.CACHE_CONTROL, NO_STORE, RETRY_AFTER, seconds);
    }
}
