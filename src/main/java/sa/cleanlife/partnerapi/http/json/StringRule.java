package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;
import java.util.function.Consumer;

/** Makes a value of a string that was sent, or says in a sentence, whose first place is the field's name, what to send instead. */
@FunctionalInterface
public interface StringRule<T> {
    Optional<T> read(String text, Consumer<Sentence> refusal);
}
