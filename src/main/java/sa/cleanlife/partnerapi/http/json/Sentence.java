package sa.cleanlife.partnerapi.http.json;

import java.util.Locale;

/**
 * A sentence that a partner reads, in English and in Arabic; the language is chosen when the response is written. Names
 * of fields, codes and values are the same in both. A sentence about a field begins with the field's name in both, so
 * that a client can show it beside the input. In Arabic, U+200E precedes a number, date or path that begins with a
 * sign: otherwise the sign is displayed on the wrong side.
 */
public record Sentence(String english, String arabic) {
    /** Fills in the values by {@link String#format}, in both languages. */
    public Sentence with(Object... values) {
        // The root locale uses ASCII digits, whatever the locale of the machine.
        return new Sentence(String.format(Locale.ROOT, english, values), String.format(Locale.ROOT, arabic, values));
    }

    /** This sentence, continued by the other. */
    Sentence and(Sentence more) {
        return new Sentence(english + more.english, arabic + more.arabic);
    }

    public String in(Language language) {
        return switch (language) {
            case ENGLISH -> english;
            case ARABIC -> arabic;
        };
    }

    /** A sentence may repeat what the partner sent, such as a phone, which no log may show. */
    @Override
    public String toString() {
        return "Sentence(hidden)";
    }
}
