package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;

/** A string with a rule of a feature. */
final class StringField<T> extends Field<T> {
    private final StringRule<T> rule;
    private final T placeholder;

    StringField(Fields fields, String name, Sentence otherwise, StringRule<T> rule, T placeholder) {
        super(fields, name, otherwise);
        this.rule = rule;
        this.placeholder = placeholder;
    }

    @Override
    Optional<T> read(Object sent) {
        if (sent instanceof String text) {
            return rule.read(text, this::refuse);
        }
        refuse(Sentences.STRING);
        return refusedType();
    }

    @Override
    T placeholder() {
        return placeholder;
    }
}
