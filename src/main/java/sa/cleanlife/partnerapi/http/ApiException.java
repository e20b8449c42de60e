package sa.cleanlife.partnerapi.http;

import java.util.Optional;
import java.util.OptionalLong;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.Sentence;

/** A refusal on its way to the partner. It is an answer, not an accident, so it carries no stack trace. */
@SuppressWarnings("serial") // never serialised
public final class ApiException extends RuntimeException {
    private final ErrorCode code;
    private final Sentence publicSentence;
    private Optional<Json.Value> details = Optional.empty();
    private Optional<String> reason = Optional.empty();
    private OptionalLong retryAfter = OptionalLong.empty();

    ApiException(ErrorCode code, Sentence publicSentence) {
        // Only the code: the sentence may repeat what the partner sent, and exception texts end in logs.
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

    /** With what a client needs to know beside the code, such as {@code reason}: the answer's {@code error.details}. */
    public ApiException with(Json.Value whatElse) {
        details = Optional.of(whatElse);
        return this;
    }

    Optional<Json.Value> details() {
        return details;
    }

    /** With a reason for the log, which the partner does not see; it must not quote what anybody sent. */
    public ApiException because(String reasonForTheLog) {
        reason = Optional.of(reasonForTheLog);
        return this;
    }

    Optional<String> reason() {
        return reason;
    }

    /** With the seconds, at least one, after which the same call may be answered: the answer's header Retry-After. */
    public ApiException retryAfter(long seconds) {
        retryAfter = OptionalLong.of(seconds);
        return this;
    }

    OptionalLong retryAfter() {
        return retryAfter;
    }
}
