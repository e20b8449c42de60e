package sa.cleanlife.partnerapi.http;

/**
 * Everything this API can refuse, as the {@code error.code} a partner's client branches on. The list is closed and
 * published, a status to each. The sentence is for people, and says nothing of the inside.
 */
public enum ErrorCode {
    VALIDATION_ERROR(400, "The request is not valid; see details."),
    UNAUTHORIZED(401, "A valid API key is needed: send it in the header x-api-key."),
    FORBIDDEN(403, "This API key may not do this."),
    INVALID_PARTNER_DOMAIN(
            403,
            "This call comes from a domain that is not registered; call from a registered domain, or ask the operator to register this one."),
    SANDBOX_DOMAIN_NOT_ALLOWED(
            403,
            "This call comes from a sandbox domain, and sandbox access is off for this partner; call from a production domain, or ask the operator to turn it on."),
    RESOURCE_NOT_FOUND(404, "There is no such path; the API is described at /docs."),
    METHOD_NOT_ALLOWED(405, "This path does not take this method; see the Allow header."),
    PAYLOAD_TOO_LARGE(413, "The body is larger than 64 KiB."),
    RATE_LIMIT_EXCEEDED(429, "Partner API rate limit exceeded"),
    INTERNAL_ERROR(500, "Something went wrong on our side; it has been recorded under this request id."),
    SERVICE_UNAVAILABLE(503, "The service cannot answer right now; try again after the seconds in Retry-After.");

    private final int status;
    private final String sentence;

    ErrorCode(int status, String sentence) {
        this.status = status;
        this.sentence = sentence;
    }

    public int status() {
        return status;
    }

    String sentence() {
        return sentence;
    }

    public ApiException error() {
        return error(sentence);
    }

    /** With a sentence that says more than the code's own; it is shown to the partner. */
    public ApiException error(String publicSentence) {
        return new ApiException(this, publicSentence, new ValidationErrors());
    }
}
