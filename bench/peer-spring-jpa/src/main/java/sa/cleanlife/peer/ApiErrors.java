package sa.cleanlife.peer;

import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Maps every failure to the error envelope. */
@RestControllerAdvice
public class ApiErrors extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ApiErrors.class);

    public record Failure(boolean success, Detail error) {
        public record Detail(String code, String message, String requestId) {}
    }

    @ExceptionHandler
    public ResponseEntity<Object> handle(ApiException refusal, WebRequest request) {
        return answer(refusal, new HttpHeaders(), request);
    }

    @ExceptionHandler({DataAccessResourceFailureException.class, CannotCreateTransactionException.class})
    public ResponseEntity<Object> handleUnavailable(Exception e, WebRequest request) {
        var headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, "1");
        return answer(
                new ApiException(503, "SERVICE_UNAVAILABLE", "The service cannot answer right now; try again."),
                headers,
                request);
    }

    @ExceptionHandler
    public ResponseEntity<Object> handleOther(Exception e, WebRequest request) {
        LOG.atError().addKeyValue("requestId", requestId(request)).setCause(e).log("a request failed");
        return answer(
                new ApiException(500, "INTERNAL_ERROR", "Something went wrong on our side."),
                new HttpHeaders(),
                request);
    }

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var sentences = e.getFieldErrors().stream()
                .map(fault -> fault.getField() + " " + fault.getDefaultMessage())
                .sorted()
                .collect(Collectors.joining("; "));
        return answer(ApiException.invalid(sentences), headers, request);
    }

    /** Errors that Spring itself raises. */
    @Override
    protected ResponseEntity<Object> handleExceptionInternal(
            Exception e, Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var refusal = switch (status.value()) {
            case 404 -> new ApiException(404, "RESOURCE_NOT_FOUND", "There is no such path.");
            case 405 -> new ApiException(405, "METHOD_NOT_ALLOWED", "This path does not take this method.");
            case 415 -> ApiException.invalid("content-type must be application/json");
            default ->
                status.is4xxClientError()
                        ? ApiException.invalid("The request is not valid.")
                        : new ApiException(500, "INTERNAL_ERROR", "Something went wrong on our side.");
        };
        return answer(refusal, headers, request);
    }

    private static ResponseEntity<Object> answer(ApiException refusal, HttpHeaders headers, WebRequest request) {
        return ResponseEntity.status(refusal.status())
                .headers(headers)
                .body(new Failure(false, new Failure.Detail(refusal.code(), refusal.getMessage(), requestId(request))));
    }

    private static String requestId(WebRequest request) {
        return (String) request.getAttribute(RequestLogFilter.REQUEST_ID, RequestAttributes.SCOPE_REQUEST);
    }
}
