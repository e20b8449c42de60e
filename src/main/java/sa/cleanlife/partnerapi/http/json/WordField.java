package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;
import java.util.function.Function;

/** A string of a fixed form, such as a UUID, with one sentence for everything else. */
final class WordField<T> extends Field<T> {
    private final Function<String, Optional<T>> parser;
    private final T placeholder;

    WordField(Fields fields, String name, Sentence rule, Function<String, Optional<T>> parser, T placeholder) {
        super(fields, name, rule);
        this.parser = parser;
        this.placeholder = placeholder;
    }

    @Override
    Optional<T> read(Object sent) {
        var read = sent instanceof String text ? parser.apply(text) : Optional.<T>empty();
        return read.isPresent() ? read : refusedType();
    }

    @Override
    T placeholder() {
        return placeholder;
    }
}
