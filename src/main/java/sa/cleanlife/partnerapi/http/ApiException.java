package sa.cleanlife.partnerapi.http;

import java.util.Optional;
import java.util.OptionalLong;

/** A refusal on its way to the partner. It is an answer, not an accident, so it carries no stack trace. */
@SuppressWarnings("serial") // never serialised
public final class ApiException extends RuntimeException {
    private final ErrorCode code;
    private final String publicSentence;
    private final ValidationErrors faults;
    private Optional<String> reason = Optional.empty();
    private OptionalLong retryAfter = OptionalLong.empty();

    ApiException(ErrorCode code, String publicSentence, ValidationErrors faults) {
        // Only the code: the sentence and the faults may repeat what the partner sent, and exception texts end in logs.
        super(code.name(), null, false, false);
        this.code = code;
        this.publicSentence = publicSentence;
        this.faults = faults;
    }

    public ErrorCode code() {
        return code;
    }

    String publicSentence() {
        return publicSentence;
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

    /** What was wrong, by field; empty but for {@link ErrorCode#VALIDATION_ERROR}. */
    ValidationErrors faults() {
        return faults;
    }
}
