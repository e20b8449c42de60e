package sa.cleanlife.partnerapi.http.json;

import java.util.Optional;

/** A rule of a feature for a string: converts the text or rejects it. */
@FunctionalInterface
public interface StringRule<T> {
    Optional<T> read(String text, Refusal refusal);

    /** Records that the text was rejected. */
    @FunctionalInterface
    interface Refusal {
        /**
         * The sentence says what to send instead; its first placeholder is the field's name, and the values are for the
         * others.
         */
        void because(Sentence sentence, Object... more);
    }
}
