package sa.cleanlife.partnerapi.http.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** An array within a body. Errors name its elements by index, from 0: {@code items.0.hours}. */
final class ArrayField<T> extends Field<List<T>> {
    private final int min;
    private final int max;
    private final BiFunction<Fields, String, ? extends Field<T>> element;

    ArrayField(Fields fields, String name, int min, int max, BiFunction<Fields, String, ? extends Field<T>> element) {
        super(fields, name, Sentences.ARRAY);
        this.min = min;
        this.max = max;
        this.element = element;
    }

    @Override
    Optional<List<T>> read(Object sent) {
        if (!(sent instanceof JsonPart part) || !part.isArray()) {
            return refusedType();
        }
        var elements = part.elements(max + 1);
        if (elements.size() > max) {
            return refused(Sentences.MAX_ELEMENTS, max);
        }
        if (elements.size() < min) {
            return refused(Sentences.MIN_ELEMENTS, min);
        }
        return fields().readWithin(name(), elements, each -> {
            var read = new ArrayList<T>(elements.size());
            elements.keySet()
                    .forEach(number -> read.add(element.apply(each, number).required()));
            each.done();
            return List.copyOf(read);
        });
    }

    @Override
    List<T> placeholder() {
        return List.of();
    }
}
