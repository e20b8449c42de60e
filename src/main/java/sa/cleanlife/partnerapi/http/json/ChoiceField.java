package sa.cleanlife.partnerapi.http.json;

import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A string that must be one of a fixed set of words, each of which stands for a value. */
final class ChoiceField<T> extends Field<T> {
    private final Collection<T> choices;
    private final Function<T, String> word;
    private final T placeholder;

    ChoiceField(Fields fields, String name, Collection<T> choices, Function<T, String> word, T placeholder) {
        super(fields, name, Sentences.ONE_OF);
        this.choices = choices;
        this.word = word;
        this.placeholder = placeholder;
    }

    @Override
    Optional<T> read(Object sent) {
        for (var choice : choices) {
            if (word.apply(choice).equals(sent)) {
                return Optional.of(choice);
            }
        }
        return refusedType();
    }

    @Override
    Object[] typeRuleValues() {
        return new Object[] {choices.stream().map(word).collect(Collectors.joining(", "))};
    }

    @Override
    T placeholder() {
        return placeholder;
    }
}
