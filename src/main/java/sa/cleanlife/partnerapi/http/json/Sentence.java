package sa.cleanlife.partnerapi.http.json;

import java.util.Locale;

/**
 * One sentence that a partner reads, in English and in Arabic; which of the two is chosen when the answer is written. Names of
 * fields, codes and values are the same in both. A sentence about a field begins with the field's name in both, so that a
 * client can show it beside its input. An Arabic sentence has U+200E before a number, date or path that begins with a sign:
 * otherwise the sign is shown on the wrong side.
 */
public record Sentence(String english, String arabic) {
    /** With these values in the places that both forms mark as {@link String#format} does. */
    public Sentence with(Object... values) {
        // The root locale has ASCII digits, whatever the machine's own are.
        return new Sentence(String.format(Locale.ROOT, english, values), String.format(Locale.ROOT, arabic, values));
    }

    /** This sentence, continued. */
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
