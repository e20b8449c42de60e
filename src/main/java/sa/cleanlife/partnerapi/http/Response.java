package sa.cleanlife.partnerapi.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.Listing;

/** What is sent back: a status, a body and the headers that belong to it; the reason is for the log. */
record Response(int status, Map<CharSequence, CharSequence> headers, Buffer body, Optional<String> reason) {
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence ONE_SECOND = HttpHeaders.createOptimized("1");

    /**
     * Answers hold personal data and depend on request headers that shared caches do not know: none may keep them. So there
     * is no {@code Vary: Accept-Language} either, which is for caches alone.
     */
    private static final Map<CharSequence, CharSequence> JSON_HEADERS =
            Map.of(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON, HttpHeaders.CACHE_CONTROL, NO_STORE);

    static Response success(Json.Value data, Request request) {
        return new Response(200, JSON_HEADERS, Envelope.success(data, request::language), Optional.empty());
    }

    static Response success(Listing list, Request request) {
        return new Response(200, JSON_HEADERS, Envelope.success(list, request::language), Optional.empty());
    }

    /** Its sentences are in the caller's language, which is only looked for here, and named in {@code Content-Language}. */
    static Response failure(ApiException refusal, Request request) {
        var language = request.language();
        var headers = new HashMap<>(JSON_HEADERS);
        headers.put(HttpHeaders.CONTENT_LANGUAGE, language.tag());
        if (refusal.retryAfter().isPresent()) {
            headers.put(
                    HttpHeaders.RETRY_AFTER, Long.toString(refusal.retryAfter().getAsLong()));
        } else if (refusal.code() == ErrorCode.SERVICE_UNAVAILABLE) {
            headers.put(HttpHeaders.RETRY_AFTER, ONE_SECOND);
        }
        var body = Envelope.failure(refusal, request.requestId(), language);
        return new Response(refusal.code().status(), headers, body, refusal.reason());
    }
}
