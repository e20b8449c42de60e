package sa.cleanlife.peer;

/** An error response to the partner. It is an expected outcome, so it has no stack trace. */
public class ApiException extends RuntimeException {
    private final int status;
    private final String code;

    public ApiException(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    static ApiException invalid(String message) {
        return new ApiException(400, "VALIDATION_ERROR", message);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }
}
