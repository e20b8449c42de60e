package sa.cleanlife.partnerapi.http.json;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A parser that follows RFC 8259 to the letter, as the reference for the body parser: one object, nested at most 32
 * deep, without repeated keys and without unpaired surrogates in keys. Of values it keeps what the rules need: a
 * string, an object, an array, a number's digits, null, or something else.
 */
final class StrictJson {
    /** A value that is not a string. */
    enum NotAString {
        NULL,
        OTHER
    }

    /** A number as it was sent. */
    record Digits(String text) {}

    private static final int MAX_DEPTH = 32;
    private static final String WHITE_SPACE = " \t\n\r";
    private static final String ESCAPED = "\"\\/bfnrt";
    private static final String MEANT = "\"\\/\b\f\n\r\t";

    private static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed() {
            super(null, null, false, false);
        }
    }

    private final String text;
    private int at;

    private StrictJson(String text) {
        this.text = text;
    }

    /** The fields of the object; empty when the text is not one. */
    static Optional<Map<String, Object>> object(String text) {
        try {
            var json = new StrictJson(text);
            json.skipWhiteSpace();
            var fields = json.fields(1);
            json.skipWhiteSpace();
            return json.at == text.length() ? Optional.of(fields) : Optional.empty();
        } catch (Malformed e) {
            return Optional.empty();
        }
    }

    private Map<String, Object> fields(int depth) {
        var fields = new HashMap<String, Object>();
        require(depth <= MAX_DEPTH);
        require(takes('{'));
        skipWhiteSpace();
        if (takes('}')) {
            return fields;
        }
        var names = new HashSet<String>();
        do {
            skipWhiteSpace();
            var name = string();
            require(isOfPairs(name));
            require(names.add(name));
            skipWhiteSpace();
            require(takes(':'));
            skipWhiteSpace();
            fields.put(name, value(depth));
            skipWhiteSpace();
        } while (takes(','));
        require(takes('}'));
        return fields;
    }

    /**
     * RFC 8259 leaves unpaired surrogates undefined; the body parser accepts them in values, where a rule then rejects
     * them with a sentence.
     */
    private static boolean isOfPairs(String name) {
        return name.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private Object value(int depth) {
        return switch (peek()) {
            case '"' -> string();
            case '{' -> fields(depth + 1);
            case '[' -> array(depth + 1);
            case 't' -> word("true", NotAString.OTHER);
            case 'f' -> word("false", NotAString.OTHER);
            case 'n' -> word("null", NotAString.NULL);
            default -> number();
        };
    }

    private List<Object> array(int depth) {
        var elements = new ArrayList<Object>();
        require(depth <= MAX_DEPTH);
        require(takes('['));
        skipWhiteSpace();
        if (takes(']')) {
            return elements;
        }
        do {
            skipWhiteSpace();
            elements.add(value(depth));
            skipWhiteSpace();
        } while (takes(','));
        require(takes(']'));
        return elements;
    }

    private Object word(String word, Object value) {
        require(text.startsWith(word, at));
        at += word.length();
        return value;
    }

    private Digits number() {
        int from = at;
        takes('-');
        if (!takes('0')) {
            digits();
        }
        if (takes('.')) {
            digits();
        }
        if (takes('e') || takes('E')) {
            if (!takes('+')) {
                takes('-');
            }
            digits();
        }
        return new Digits(text.substring(from, at));
    }

    private void digits() {
        require(isDigit(peek()));
        while (isDigit(peek())) {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private String string() {
        require(takes('"'));
        var string = new StringBuilder();
        while (!takes('"')) {
            require(at < text.length() && text.charAt(at) >= ' ');
            string.append(takes('\\') ? escaped() : text.charAt(at++));
        }
        return string.toString();
    }

    private char escaped() {
        if (takes('u')) {
            require(text.length() - at >= 4);
            var digits = text.substring(at, at + 4);
            require(digits.matches("[0-9a-fA-F]{4}"));
            at += 4;
            return (char) Integer.parseInt(digits, 16);
        }
        var which = ESCAPED.indexOf(peek());
        require(which >= 0);
        at++;
        return MEANT.charAt(which);
    }

    private void skipWhiteSpace() {
        while (at < text.length() && WHITE_SPACE.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /** NUL at the end, which no rule here accepts. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean takes(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new Malformed();
        }
    }
}
