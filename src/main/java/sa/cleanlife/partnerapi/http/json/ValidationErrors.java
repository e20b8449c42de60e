package sa.cleanlife.partnerapi.http.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is wrong with one request, by field: all of it, so that a partner repairs a request once. */
public final class ValidationErrors {
    private final Map<String, List<Sentence>> byField = new LinkedHashMap<>();
    private boolean isChecked = true;

    /** The sentence has the field's name already, and says what to send instead. */
    public ValidationErrors add(String field, Sentence sentence) {
        // A rule that fails after done() must be found too.
        isChecked = false;
        byField.computeIfAbsent(field, name -> new ArrayList<>()).add(sentence);
        return this;
    }

    void addAll(ValidationErrors others) {
        others.byField.forEach((field, sentences) -> sentences.forEach(sentence -> add(field, sentence)));
    }

    public Map<String, List<Sentence>> byField() {
        return byField;
    }

    /** To be thrown at once, where nothing more can be read. */
    public ValidationException exception() {
        return new ValidationException(this);
    }

    /** A value has been read, so it must be asked whether all were good before one is used. */
    void uncheck() {
        isChecked = false;
    }

    void check() {
        isChecked = true;
        if (!byField.isEmpty()) {
            throw exception();
        }
    }

    /** Whether failed rules are behind this failure: they are what it tells, or it came of using a value that had failed. */
    public boolean explain(Throwable failure) {
        return failure instanceof ValidationException || (!isChecked && !byField.isEmpty());
    }

    /** Throws, as a fault of ours, when values were read and {@link Fields#done} was forgotten: they may be placeholders. */
    public void requireChecked() {
        if (!isChecked) {
            throw new IllegalStateException("fields were read, but nobody called done()");
        }
    }
}
