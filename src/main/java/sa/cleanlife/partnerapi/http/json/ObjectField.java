package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;
import java.util.function.Function;

/** An object within a body. Errors name its fields by their path: {@code timeslot.startAt}. */
final class ObjectField<T> extends Field<T> {
    private final Function<Fields, T> reader;

    ObjectField(Fields fields, String name, Function<Fields, T> reader) {
        super(fields, name, Sentences.OBJECT);
        this.reader = reader;
    }

    @Override
    Optional<T> read(Object sent) {
        return sent instanceof JsonPart part && part.isObject()
                ? fields().readWithin(name(), part.members(), reader)
                : refusedType();
    }

    @Override
    T placeholder() {
        return nothingYet();
    }

    /**
     * The placeholder for a type of which no value can be made here: null. It may be passed on, but is not used once
     * done() has thrown.
     */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T nothingYet() {
        return null;
    }
}
