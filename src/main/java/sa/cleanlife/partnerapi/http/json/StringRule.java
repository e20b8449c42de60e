package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;

/** A rule of a feature for a string: makes a value of the text that was sent, or refuses it. */
@FunctionalInterface
public interface StringRule<T> {
    Optional<T> read(String text, Refusal refusal);

    /** Notes that the text was refused. */
    @FunctionalInterface
    interface Refusal {
        /** The sentence says what to send instead; the first place in it is the field's name, and these values are for the others. */
        void because(Sentence sentence, Object... more);
    }
}
