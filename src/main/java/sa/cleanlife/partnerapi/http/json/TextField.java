package sa.cleanlife.partnerapi.http.json;

import java.text.Normalizer;
import java.util.Optional;

/**
 * A text for people: stripped of white space at both ends, composed (NFC), and then as long as allowed, counted in code
 * points. A blank text is as absent as none, but where it is required. Control characters and unpaired surrogates are
 * refused: PostgreSQL stores neither NUL nor half a pair, and the others break whatever shows them. So is a text of which
 * nothing would be seen, and one that would change the direction of what is shown after it.
 */
public final class TextField extends Field<String> {
    /** The longest canonical decomposition of one character: text longer than this many times its limit stays too long. */
    private static final int MOST_COMPOSED_INTO_ONE = 4;

    private int max = 255;
    private boolean isRequired;
    private boolean isComposed = true;
    private boolean hasLines;

    TextField(Fields fields, String name) {
        super(fields, name, Sentences.STRING);
    }

    /** At most so many code points. */
    public TextField max(int codePoints) {
        max = codePoints;
        return this;
    }

    /** Line breaks and tabs are allowed. */
    public TextField lines() {
        hasLines = true;
        return this;
    }

    /** Kept as it was sent, but for white space at both ends. */
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

    /** Composing takes quadratic time on hostile input, so what cannot become short enough is not composed. */
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
