package sa.cleanlife.partnerapi.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is wrong with one request, by field: all of it, so that a partner repairs a request once. */
public final class ValidationErrors {
    private final Map<String, List<String>> byField = new LinkedHashMap<>();

    /** The sentence begins with the field's name and says what to send instead. */
    public ValidationErrors add(String field, String sentence) {
        byField.computeIfAbsent(field, name -> new ArrayList<>()).add(sentence);
        return this;
    }

    public ApiException refusal() {
        return new ApiException(ErrorCode.VALIDATION_ERROR, ErrorCode.VALIDATION_ERROR.sentence(), this);
    }

    Map<String, List<String>> byField() {
        return byField;
    }

    boolean isEmpty() {
        return byField.isEmpty();
    }
}
