package sa.cleanlife.partnerapi.http.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The failed rules of a request, by field. All are collected, so that a partner can correct all of them at once. */
public final class ValidationErrors {
    private final Map<String, List<Sentence>> byField = new LinkedHashMap<>();
    private boolean isChecked = true;

    /** Adds a sentence, which begins with the field's name and says what to send instead. */
    public ValidationErrors add(String field, Sentence sentence) {
        // A rule that fails after done() must not go unnoticed.
        isChecked = false;
        byField.computeIfAbsent(field, name -> new ArrayList<>()).add(sentence);
        return this;
    }

    /** Appends to the first sentence about the field. */
    void append(String field, Sentence more) {
        byField.computeIfPresent(field, (name, sentences) -> {
            sentences.set(0, sentences.getFirst().and(more));
            return sentences;
        });
    }

    void addAll(ValidationErrors others) {
        others.byField.forEach((field, sentences) -> sentences.forEach(sentence -> add(field, sentence)));
    }

    public Map<String, List<Sentence>> byField() {
        return byField;
    }

    /** An exception with the errors so far, for places where nothing more can be read. */
    public ValidationException exception() {
        return new ValidationException(this);
    }

    /** Records that a value was read, so {@link #check} must be called before it is used. */
    void uncheck() {
        isChecked = false;
    }

    void check() {
        isChecked = true;
        if (!byField.isEmpty()) {
            throw exception();
        }
    }

    /**
     * Whether this exception results from failed rules: it reports them, or it was caused by the use of an invalid
     * value.
     */
    public boolean explain(Throwable failure) {
        return failure instanceof ValidationException || (!isChecked && !byField.isEmpty());
    }

    /**
     * Throws if values were read without {@link Fields#done}, since they may be placeholders. That is a fault of the
     * handler.
     */
    public void requireChecked() {
        if (!isChecked) {
            throw new IllegalStateException("fields were read without calling done()");
        }
    }
}
