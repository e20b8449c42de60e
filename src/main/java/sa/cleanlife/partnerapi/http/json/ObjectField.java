package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;
import java.util.function.Function;

/** An object within a body. Its fields are named from the outside in: {@code timeslot.startAt}. */
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

    /** Of a type that nobody here can make a value of. It may be passed on, and nobody sees it once done() has thrown. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T nothingYet() {
        return null;
    }
}
