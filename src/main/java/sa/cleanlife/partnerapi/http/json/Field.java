package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;

/**
 * A typed value of a request with its rules, read by {@link #required()}, {@link #optional()} or {@link #orElse}.
 * Failed rules are recorded, and {@link Fields#done()} throws them. A null counts as absent.
 */
public abstract class Field<T> {
    private static final Object[] NONE = {};

    private final Fields fields;
    private final String name;
    private final Sentence typeRule;

    /** @param typeRule the sentence for a value of another type; its first placeholder is the field's name */
    Field(Fields fields, String name, Sentence typeRule) {
        this.fields = fields;
        this.name = name;
        this.typeRule = typeRule;
    }

    /** Converts the sent value, or records the failed rule. */
    abstract Optional<T> read(Object sent);

    /**
     * Stands in for an invalid value until {@link Fields#done()} throws; it has the type of the field, so that code in
     * between does not fail.
     */
    abstract T placeholder();

    /**
     * The values for the remaining placeholders of the type rule. A method, so that they are computed only when the
     * rule fails.
     */
    Object[] typeRuleValues() {
        return NONE;
    }

    /** The value; absent is a failed rule. */
    public T required() {
        var sent = fields.value(name);
        if (sent == null) {
            refuse(typeRule.and(Sentences.REQUIRED), typeRuleValues());
            fields.missed(name);
            return placeholder();
        }
        return readable(sent).orElseGet(this::placeholder);
    }

    /** The value; empty if it is absent. */
    public Optional<T> optional() {
        var sent = fields.value(name);
        return sent == null ? Optional.empty() : readable(sent);
    }

    /** The value, or the default if it is absent. */
    public T orElse(T whenAbsent) {
        return optional().orElse(whenAbsent);
    }

    private Optional<T> readable(Object sent) {
        return sent instanceof Sentence unreadable ? refused(unreadable) : read(sent);
    }

    final Optional<T> refusedType() {
        return refused(typeRule, typeRuleValues());
    }

    final Optional<T> refused(Sentence sentence, Object... more) {
        refuse(sentence, more);
        return Optional.empty();
    }

    final void refuse(Sentence sentence, Object... more) {
        fields.refuse(name, sentence, more);
    }

    final Fields fields() {
        return fields;
    }

    final String name() {
        return name;
    }
}
