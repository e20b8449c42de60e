package sa.cleanlife.partnerapi.http;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.http.json.ValidationErrors;
import sa.cleanlife.partnerapi.http.json.ValidationException;

/** Maps the failure of a request to its error response: the one place where exceptions become error codes. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private static final int MOST_NAMED = 10;

    private final Function<Throwable, Optional<ApiException>> known;

    /** @param known maps other exceptions to an error response; empty means 500 */
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

    /** Logs the failure and returns a 500 for the partner. */
    ApiException fault(Throwable failure, Request request) {
        LOG.atError()
                .addKeyValue("requestId", request.requestId())
                .setCause(failure)
                .log("request failed");
        return ErrorCode.INTERNAL_ERROR.error();
    }

    /** The names of the failed fields, up to a limit; no name or value that the client made up. */
    private static String reason(Set<String> fields) {
        var named = fields.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return fields.size() <= MOST_NAMED ? named : named + " and " + (fields.size() - MOST_NAMED) + " more";
    }

    /** The published error format, with the sentences also grouped by field. */
    static ApiException invalid(ValidationErrors errors) {
        var byField = errors.byField();
        var all = byField.values().stream()
                .flatMap(sentences -> sentences.stream())
                .toList();
        return ErrorCode.VALIDATION_ERROR
                .error(all.getFirst())
                .because(reason(byField.keySet()))
                .with(details -> details.field("statusCode", ErrorCode.VALIDATION_ERROR.status())
                        .field("error", "Bad Request")
                        .sentences("message", all)
                        .object("fields", fields -> byField.forEach(fields::sentences)));
    }
}
