package sa.cleanlife.partnerapi.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.Language;
import sa.cleanlife.partnerapi.http.json.Listing;

/** A response: status, headers and body; the reason is for the log. */
record Response(int status, List<Header> headers, Buffer body, Optional<String> reason) {
    private static final Header JSON =
            new Header(HttpHeaders.CONTENT_TYPE, HttpHeaders.createOptimized("application/json"));

    /**
     * Responses hold personal data and depend on request headers that shared caches ignore, so no cache may store them.
     * For the same reason there is no {@code Vary: Accept-Language}, which only caches use.
     */
    private static final Header NO_STORE =
            new Header(HttpHeaders.CACHE_CONTROL, HttpHeaders.createOptimized("no-store"));

    private static final List<Header> JSON_HEADERS = List.of(JSON, NO_STORE);

    static Response success(Json.Value data, Request request) {
        return new Response(200, JSON_HEADERS, Envelope.success(data, request::language), Optional.empty());
    }

    static Response success(Listing list, Request request) {
        return new Response(200, JSON_HEADERS, Envelope.success(list, request::language), Optional.empty());
    }

    /**
     * An error response in the client's language, which {@code Content-Language} names. Only errors look the language
     * up.
     */
    static Response failure(ApiException refusal, Request request) {
        return failure(refusal, request, request.language());
    }

    static Response failure(ApiException refusal, Request request, Language language) {
        var headers = new ArrayList<>(JSON_HEADERS);
        headers.add(new Header(HttpHeaders.CONTENT_LANGUAGE, language.tag()));
        if (refusal.retryAfter().isPresent()) {
            var seconds = Long.toString(refusal.retryAfter().getAsLong());
            headers.add(new Header(HttpHeaders.RETRY_AFTER, seconds));
        } else if (refusal.code() == ErrorCode.SERVICE_UNAVAILABLE) {
            headers.add(new Header(HttpHeaders.RETRY_AFTER, "1"));
        }
        var body = Envelope.failure(refusal, request.requestId(), language);
        return new Response(refusal.code().status(), headers, body, refusal.reason());
    }
}
