package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;

/** A boolean: {@code true} or {@code false} as JSON literals in a body, as text in a query. */
final class BooleanField extends Field<Boolean> {
    BooleanField(Fields fields, String name) {
        super(fields, name, Sentences.BOOLEAN);
    }

    @Override
    Optional<Boolean> read(Object sent) {
        return switch (sent) {
            case Boolean value -> Optional.of(value);
            case String text when fields().areTexts() && text.equals("true") -> Optional.of(true);
            case String text when fields().areTexts() && text.equals("false") -> Optional.of(false);
            default -> refusedType();
        };
    }

    @Override
    Boolean placeholder() {
        return false;
    }
}
