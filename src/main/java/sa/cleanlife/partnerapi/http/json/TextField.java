package sa.cleanlife.partnerapi.http.json;

import java.text.Normalizer;
import java.util.Optional;

/**
 * A text for people: stripped of white space at both ends, composed (NFC), and then limited in length, counted in code
 * points. A blank text counts as absent, unless the field is required. Control characters and unpaired surrogates are
 * rejected: PostgreSQL stores neither NUL nor an unpaired surrogate, and the other control characters break displays. A
 * text without a visible character is rejected too, and so is one that would change the direction of the text displayed
 * after it.
 */
public final class TextField extends Field<String> {
    /**
     * The length of the longest canonical decomposition of a character: a text longer than this many times the limit
     * cannot become short enough.
     */
    private static final int MOST_COMPOSED_INTO_ONE = 4;

    private int max = 255;
    private boolean isRequired;
    private boolean isComposed = true;
    private boolean hasLines;

    TextField(Fields fields, String name) {
        super(fields, name, Sentences.STRING);
    }

    /** Sets the maximum number of code points. */
    public TextField max(int codePoints) {
        max = codePoints;
        return this;
    }

    /** Allows line breaks and tabs. */
    public TextField lines() {
        hasLines = true;
        return this;
    }

    /** Leaves out the composition (NFC). */
    public TextField uncomposed() {
        isComposed = false;
        return this;
    }

    @Override
    public String required() {
        isRequired = true;
        return super.required();
    }

    @Override
    Optional<String> read(Object sent) {
        if (!(sent instanceof String text)) {
            return refusedType();
        }
        var read = compose(Characters.strip(text));
        boolean isGood = true;
        if (Characters.codePoints(read) > max || (isRequired && read.isEmpty())) {
            refuse(isRequired ? Sentences.LENGTH : Sentences.MAX_LENGTH, max);
            isGood = false;
        }
        if (!Characters.areStorable(read, hasLines)) {
            refuse(Sentences.STORABLE);
            isGood = false;
        } else if (!read.isEmpty() && !Characters.hasVisible(read)) {
            refuse(Sentences.VISIBLE);
            isGood = false;
        }
        if (!Characters.closesAllDirections(read)) {
            refuse(Sentences.DIRECTIONS);
            isGood = false;
        }
        return isGood && !read.isEmpty() ? Optional.of(read) : Optional.empty();
    }

    /** Composes the text, unless it is too long anyway: composing hostile input takes quadratic time. */
    private String compose(String text) {
        return isComposed && Characters.codePoints(text) <= max * MOST_COMPOSED_INTO_ONE
                ? Normalizer.normalize(text, Normalizer.Form.NFC)
                : text;
    }

    @Override
    String placeholder() {
        return "";
    }
}
