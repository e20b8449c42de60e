package sa.cleanlife.partnerapi.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import sa.cleanlife.partnerapi.http.json.Language;

/** Writes all responses: status, headers, body and the line in the access log. */
final class ResponseWriter {
    private static final CharSequence X_REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");

    private final Vertx vertx;
    private final Cors cors;
    private final RequestLog requestLog;

    ResponseWriter(Vertx vertx, Cors cors, RequestLog requestLog) {
        this.vertx = vertx;
        this.cors = cors;
        this.requestLog = requestLog;
    }

    void send(Request request, Response answer) {
        cors.mark(request);
        write(request, answer);
    }

    /**
     * Sends the error response for a request whose response could not be created or written. It is in English and has
     * no CORS headers, so that it depends on nothing that may have caused the failure. A response that has begun cannot
     * be replaced: its connection is closed.
     */
    void sendFault(Request request, ApiException fault) {
        if (request.request().response().headWritten()) {
            request.request().connection().close();
        } else {
            write(request, Response.failure(fault, request, Language.ENGLISH));
        }
    }

    private void write(Request request, Response answer) {
        var sent = request.request();
        var response = sent.response().setStatusCode(answer.status());
        response.putHeader(X_REQUEST_ID, request.requestId());
        answer.headers().forEach(header -> response.putHeader(header.name(), header.value()));
        request.answerHeaders().forEach(header -> response.putHeader(header.name(), header.value()));
        response.end(answer.body());
        requestLog.answered(request, answer.status(), answer.reason());
        if (hasBody(sent) && !sent.isEnded()) {
            BodyReader.discard(vertx, sent);
        } else {
            sent.resume();
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }
}
