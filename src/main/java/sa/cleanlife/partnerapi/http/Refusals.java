package sa.cleanlife.partnerapi.http;

import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.http.json.ValidationErrors;
import sa.cleanlife.partnerapi.http.json.ValidationException;

/** Says what a request is answered that failed, whatever the failure: the one place where exceptions become error codes. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final Function<Throwable, Optional<ApiException>> known;

    /** @param known maps other exceptions to a refusal; empty means 500 */
    Refusals(Function<Throwable, Optional<ApiException>> known) {
        this.known = known;
    }

    ApiException of(Throwable failure, Request request) {
        return switch (failure) {
            case ApiException refusal -> refusal;
            case ValidationException invalid -> invalid(invalid.errors());
            case RuntimeException e when request.errors().explain(e) -> invalid(request.errors());
            default -> known.apply(failure).orElseGet(() -> fault(failure, request));
        };
    }

    /** Logs the failure, and returns what a partner is told of it. */
    ApiException fault(Throwable failure, Request request) {
        LOG.atError()
                .addKeyValue("requestId", request.requestId())
                .setCause(failure)
                .log("a request failed");
        return ErrorCode.INTERNAL_ERROR.error();
    }

    /** The platform's published shape, and beside it the same sentences by field. */
    static ApiException invalid(ValidationErrors errors) {
        var byField = errors.byField();
        var all = byField.values().stream()
                .flatMap(sentences -> sentences.stream())
                .toList();
        return ErrorCode.VALIDATION_ERROR
                .error(all.getFirst())
                .with(details -> details.field("statusCode", ErrorCode.VALIDATION_ERROR.status())
                        .field("error", "Bad Request")
                        .sentences("message", all)
                        .object("fields", fields -> byField.forEach(fields::sentences)));
    }
}
