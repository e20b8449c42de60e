package sa.cleanlife.partnerapi.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import sa.cleanlife.partnerapi.http.json.Sentence;
import sa.cleanlife.partnerapi.http.json.ValidationErrors;
import sa.cleanlife.partnerapi.http.json.ValidationException;

/** Receives a request body within limits of size and time, so that a slow client cannot hold a connection. */
final class BodyReader {
    /** The limit in openapi.yaml; single routes have another. */
    static final int MAX_KIB = 64;

    private static final long MAX_MILLIS = 10_000;

    /** How much of a rejected body is still read, so that a client that is still sending can read the response. */
    private static final int MAX_DISCARDED_BYTES = 1024 * 1024;

    private static final long MAX_DISCARDING_MILLIS = 5_000;

    private static final Sentence TOO_LARGE =
            new Sentence("The body is larger than %d KiB.", "حجم محتوى الطلب (body) أكبر من %d KiB.");

    private static final Sentence LATE =
            new Sentence("body must arrive within %d seconds", "body يجب أن يصل كاملًا خلال %d ثوانٍ");

    private static final Sentence CUT_SHORT = new Sentence("body must be complete", "body يجب أن يصل كاملًا");

    private BodyReader() {}

    /** Reads the whole body, up to the given size. */
    static Future<Buffer> read(Vertx vertx, HttpServerRequest request, int maxKib) {
        int maxBytes = maxKib * 1024;
        if (declaredLength(request) > maxBytes) {
            return Future.failedFuture(tooLarge(maxKib));
        }
        Promise<Buffer> body = Promise.promise();
        var received = Buffer.buffer();
        var deadline = vertx.setTimer(MAX_MILLIS, late -> body.tryFail(invalid(LATE.with(MAX_MILLIS / 1000))));
        request.handler(chunk -> {
            if (received.length() + chunk.length() > maxBytes) {
                body.tryFail(tooLarge(maxKib));
            } else {
                received.appendBuffer(chunk);
            }
        });
        // The client is gone, but the log then shows what happened.
        request.exceptionHandler(lost -> body.tryFail(invalid(CUT_SHORT)));
        request.endHandler(end -> {
            if (request.decoderResult().isFailure()) {
                body.tryFail(invalid(CUT_SHORT));
            } else {
                body.tryComplete(received);
            }
        });
        request.resume();
        // A client of HTTP/1.0 does not know interim responses and would take this for the final one.
        if (request.version() == HttpVersion.HTTP_1_1
                && "100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
        return body.future().onComplete(done -> vertx.cancelTimer(deadline));
    }

    /**
     * Discards a limited rest of the body after a response that did not wait for it; beyond the limit the connection is
     * closed.
     */
    static void discard(Vertx vertx, HttpServerRequest request) {
        var discarded = new Object() {
            long bytes;
        };
        var deadline = vertx.setTimer(
                MAX_DISCARDING_MILLIS, late -> request.connection().close());
        request.exceptionHandler(lost -> vertx.cancelTimer(deadline));
        request.endHandler(end -> vertx.cancelTimer(deadline));
        request.handler(chunk -> {
            discarded.bytes += chunk.length();
            if (discarded.bytes > MAX_DISCARDED_BYTES) {
                vertx.cancelTimer(deadline);
                request.connection().close();
            }
        });
        request.resume();
    }

    private static ApiException tooLarge(int maxKib) {
        return ErrorCode.PAYLOAD_TOO_LARGE.error(TOO_LARGE.with(maxKib));
    }

    private static ValidationException invalid(Sentence sentence) {
        return new ValidationErrors().add("body", sentence).exception();
    }

    private static long declaredLength(HttpServerRequest request) {
        var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
