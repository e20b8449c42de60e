package sa.cleanlife.partnerapi.http.json;

import java.util.ArrayDeque;

/**
 * Checks the characters of a text for people: whether PostgreSQL can store them, whether any of the text is visible, and
 * whether it changes the direction of what follows.
 */
public final class Characters {
    private static final int PDF = 0x202C;
    private static final int PDI = 0x2069;

    private Characters() {}

    /** Whether a text of one line can be stored and displayed: it meets all the rules of this class. */
    public static boolean areFitForPeople(String text) {
        return areStorable(text, false) && hasVisible(text) && closesAllDirections(text);
    }

    /** Removes the white space at both ends. */
    public static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isWhiteSpace(text.charAt(from))) {
            from++;
        }
        while (from < to && isWhiteSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** Unicode's White_Space property; {@link Character#isWhitespace} leaves out the no-break spaces. */
    public static boolean isWhiteSpace(int codePoint) {
        return Character.isSpaceChar(codePoint) || (codePoint >= '\t' && codePoint <= '\r') || codePoint == 0x85;
    }

    static int codePoints(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Whether the text has no unpaired surrogates and, except for line breaks and tabs where allowed, no control characters. */
    static boolean areStorable(String text, boolean allowLines) {
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            int type = Character.getType(c);
            boolean isLineBreak = allowLines && (c == '\n' || c == '\r' || c == '\t');
            if (type == Character.SURROGATE || (type == Character.CONTROL && !isLineBreak)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the text has a visible character. A combining mark without a base letter does not count: it would be
     * displayed on the preceding text.
     */
    static boolean hasVisible(String text) {
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (isVisible(c)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.FORMAT,
                    Character.CONTROL,
                    Character.SURROGATE,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK -> false;
            default -> !isBlank(c);
        };
    }

    /**
     * Letters and symbols that are displayed as blank, and unassigned code points that Unicode reserves as invisible.
     */
    private static boolean isBlank(int c) {
        return switch (c) {
            case 0x115F, 0x1160, 0x3164, 0xFFA0 -> true; // fillers of Hangul
            case 0x2800 -> true; // a braille cell without dots
            case 0x13441, 0x13442 -> true; // blanks of hieroglyphs
            case 0x1D159 -> true; // a note without a head
            case 0x2065 -> true;
            default -> (0xFFF0 <= c && c <= 0xFFF8) || (0xE0000 <= c && c <= 0xE0FFF);
        };
    }

    /**
     * Whether every embedding, override and isolate that the text opens is closed within it. One that is left open
     * would change the direction of the text displayed after it.
     */
    static boolean closesAllDirections(String text) {
        return !opensDirection(text) || closesAllThatItOpens(text);
    }

    /** Whether the text has embeddings, overrides or isolates. Nearly no text has, so the full check is rarely needed. */
    private static boolean opensDirection(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) {
                return true;
            }
        }
        return false;
    }

    private static boolean closesAllThatItOpens(String text) {
        var ends = new ArrayDeque<Integer>();
        int isolates = 0;
        for (int i = 0; i < text.length(); i++) {
            // All of these code points are single chars.
            switch (text.charAt(i)) {
                case 0x202A, 0x202B, 0x202D, 0x202E -> ends.push(PDF);
                case 0x2066, 0x2067, 0x2068 -> {
                    ends.push(PDI);
                    isolates++;
                }
                case PDF -> {
                    if (!ends.isEmpty() && ends.peek() == PDF) {
                        ends.pop();
                    }
                }
                case PDI -> {
                    // The end of an isolate ends the embeddings within it.
                    if (isolates > 0) {
                        isolates--;
                        while (ends.pop() != PDI) {}
                    }
                }
                default -> {}
            }
        }
        return ends.isEmpty();
    }
}
