package sa.cleanlife.partnerapi.http.json;

/** An invalid request as an exception. It is an expected outcome, so it has no stack trace. */
@SuppressWarnings("serial") // never serialised
public final class ValidationException extends RuntimeException {
    private final ValidationErrors errors;

    ValidationException(ValidationErrors errors) {
        // No sentence: it may repeat what the partner sent, and exception messages end up in logs.
        super("VALIDATION_ERROR", null, false, false);
        this.errors = errors;
    }

    public ValidationErrors errors() {
        return errors;
    }
}
