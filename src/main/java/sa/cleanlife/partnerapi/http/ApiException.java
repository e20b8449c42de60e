package sa.cleanlife.partnerapi.http;

import java.util.Optional;
import java.util.OptionalLong;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.Sentence;

/** An error response as an exception. It is an expected outcome, so it has no stack trace. */
@SuppressWarnings("serial") // never serialised
public final class ApiException extends RuntimeException {
    private final ErrorCode code;
    private final Sentence publicSentence;
    private Optional<Json.Value> details = Optional.empty();
    private Optional<String> reason = Optional.empty();
    private OptionalLong retryAfter = OptionalLong.empty();

    ApiException(ErrorCode code, Sentence publicSentence) {
        // Only the code: the sentence may repeat what the partner sent, and exception messages end up in logs.
        super(code.name(), null, false, false);
        this.code = code;
        this.publicSentence = publicSentence;
    }

    public ErrorCode code() {
        return code;
    }

    Sentence publicSentence() {
        return publicSentence;
    }

    /** Adds {@code error.details}: what a client needs besides the code, such as {@code reason}. */
    public ApiException with(Json.Value whatElse) {
        details = Optional.of(whatElse);
        return this;
    }

    Optional<Json.Value> details() {
        return details;
    }

    /** Adds a reason for the log, which the partner does not see; it must not quote the request. */
    public ApiException because(String reasonForTheLog) {
        reason = Optional.of(reasonForTheLog);
        return this;
    }

    Optional<String> reason() {
        return reason;
    }

    /** Adds the header Retry-After: the seconds, at least one, after which a retry may succeed. */
    public ApiException retryAfter(long seconds) {
        retryAfter = OptionalLong.of(seconds);
        return this;
    }

    OptionalLong retryAfter() {
        return retryAfter;
    }
}
