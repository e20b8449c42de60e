package sa.cleanlife.partnerapi.http.json;

/** A request that is not valid, on its way to the partner. It is an answer, not an accident, so it carries no stack trace. */
@SuppressWarnings("serial") // never serialised
public final class ValidationException extends RuntimeException {
    private final ValidationErrors errors;

    ValidationException(ValidationErrors errors) {
        // No sentence: it may repeat what the partner sent, and exception texts end in logs.
        super("VALIDATION_ERROR", null, false, false);
        this.errors = errors;
    }

    public ValidationErrors errors() {
        return errors;
    }
}
