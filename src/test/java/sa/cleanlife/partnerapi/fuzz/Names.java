package sa.cleanlife.partnerapi.fuzz;

import java.text.Normalizer;
import java.util.List;
import java.util.regex.Pattern;

/** Random names of people, and their stored form. */
public final class Names {
    /** The beginning of most names, unique to them: text that contains it has disclosed a name. */
    public static final String MARK = "Zuhairqx";

    private static final List<String> LETTERS = List.of(
            "a",
            "Z",
            "é",
            "e\u0301",
            "ß",
            "أ",
            "ح",
            "م",
            "د",
            "ل",
            "\u0301",
            "И",
            "字",
            "한",
            "\ud83d\ude00",
            " ",
            "'",
            "-",
            ".",
            "\u200f",
            "\u0958",
            "\"",
            "\\",
            "/",
            "<",
            "&",
            "%",
            "0",
            "\u1e9b\u0323");
    private static final List<String> WHITE_SPACE =
            List.of(" ", "\t", "\n", "\r", "\u00a0", "\u2003", "\u3000", "\u2028");
    private static final List<String> UNSTORABLE = List.of(
            "\0", "\u0001", "\n", "\u007f", "\u0085", "\ud83d", "\ude00", "\u202e", "\u2067", "\u2066\u202b\u202c");
    private static final List<String> INVISIBLE =
            List.of("\u200f", "\u200b", "\u3164", "\u2800", "\u0301", "\u064b", "\ufe0f", "\u202a\u202c");

    private static final Pattern WHITE_SPACE_AT_THE_ENDS = Pattern.compile("^\\p{IsWhite_Space}+|\\p{IsWhite_Space}+$");

    private final SeededRandom random;

    Names(SeededRandom random) {
        this.random = random;
    }

    /** A valid name. */
    String accepted() {
        return switch (random.below(12)) {
            case 0 -> "a";
            case 1 -> MARK + "b".repeat(200 - MARK.length());
            case 2 -> MARK + "e\u0301".repeat(200 - MARK.length());
            case 3 -> random.oneOf(WHITE_SPACE) + ordinary() + random.oneOf(WHITE_SPACE);
            default -> ordinary();
        };
    }

    private String ordinary() {
        var name = new StringBuilder(MARK);
        for (var length = random.between(0, 30); length > 0; length--) {
            name.append(random.oneOf(LETTERS));
        }
        return name.toString();
    }

    /** An invalid name. */
    String spoiled() {
        return switch (random.below(7)) {
            case 0 -> "";
            case 1 -> random.oneOf(WHITE_SPACE).repeat(random.between(1, 5));
            case 2 -> MARK + "b".repeat(201 - MARK.length());
            case 3 -> MARK + "c".repeat(random.between(193, 5_000));
            // Composition makes it longer.
            case 4 -> "\u0958".repeat(random.between(101, 200));
            case 5 -> random.oneOf(INVISIBLE).repeat(random.between(1, 20));
            default -> MARK + random.oneOf(UNSTORABLE) + "d";
        };
    }

    String spoiledSource() {
        return random.oneIn(2) ? MARK + random.oneOf(UNSTORABLE) + "d" : MARK + "s".repeat(random.between(93, 500));
    }

    /** The stored form. */
    static String kept(String name) {
        return Normalizer.normalize(WHITE_SPACE_AT_THE_ENDS.matcher(name).replaceAll(""), Normalizer.Form.NFC);
    }
}
