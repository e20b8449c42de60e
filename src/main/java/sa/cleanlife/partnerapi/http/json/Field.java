package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;

/**
 * One value of a request with its type and its rules; {@link #required()}, {@link #optional()} or {@link #orElse} reads it. A
 * failed rule is noted where {@link Fields#done()} finds it. Null is the same as absent.
 */
public abstract class Field<T> {
    private static final Object[] NONE = {};

    private final Fields fields;
    private final String name;
    private final Sentence typeRule;

    /** @param typeRule what the value must be at all; its first place is the field's name */
    Field(Fields fields, String name, Sentence typeRule) {
        this.fields = fields;
        this.name = name;
        this.typeRule = typeRule;
    }

    /** Makes the value of what was sent, or notes what is wrong with it. */
    abstract Optional<T> read(Object sent);

    /** Stands for a value that failed until {@link Fields#done()} throws; of the field's own type, so that nothing breaks before. */
    abstract T placeholder();

    /** The values for the type rule's places behind the field's name. They are made when the rule has failed, not on every read. */
    Object[] typeRuleValues() {
        return NONE;
    }

    /** The value, which must be there. */
    public T required() {
        var sent = fields.value(name);
        if (sent == null) {
            refuse(typeRule.and(Sentences.REQUIRED), typeRuleValues());
            return placeholder();
        }
        return readable(sent).orElseGet(this::placeholder);
    }

    /** The value, or nothing when it is absent. */
    public Optional<T> optional() {
        var sent = fields.value(name);
        return sent == null ? Optional.empty() : readable(sent);
    }

    /** The value, or this one when it is absent. */
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
