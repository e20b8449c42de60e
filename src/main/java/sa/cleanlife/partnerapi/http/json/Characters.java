package sa.cleanlife.partnerapi.http.json;

import java.util.ArrayDeque;

/**
 * What the characters of a text for people do when it is stored and shown: whether PostgreSQL can store it, whether
 * anything of it is seen, and whether it leaves the text after it as it was.
 */
public final class Characters {
    private static final int PDF = 0x202C;
    private static final int PDI = 0x2069;

    private Characters() {}

    /** Whether a text of one line can be stored and shown: it meets all the rules of this class. */
    public static boolean areFitForPeople(String text) {
        return areStorable(text, false) && hasVisible(text) && closesAllDirections(text);
    }

    /** Without the white space at both ends. */
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

    /** Unicode's White_Space property, which {@link Character#isWhitespace} is not: that leaves out the no-break spaces. */
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

    /** Whether anything of the text is seen. A mark without a letter below it is not: it would be shown on what stands before. */
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

    /** Letters and symbols that are nothing but room, and unassigned code points that Unicode says are never shown. */
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
     * Whether every embedding, override and isolate that the text begins ends within it. One that does not goes on in
     * whatever is shown after the text, and turns it round.
     */
    static boolean closesAllDirections(String text) {
        return !opensDirection(text) || closesAllThatItOpens(text);
    }

    /** Nearly no text does, so what follows its directions costs nothing then. */
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
            // All of them are single chars.
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
