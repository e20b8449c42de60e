package sa.cleanlife.partnerapi.contacts;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Random texts: phone numbers, nearly valid ones, and unrelated ones. */
public final class PhoneTexts {
    private static final Pattern WHITE = Pattern.compile("\\p{IsWhite_Space}");

    private static final int[] FORMAT = codePoints(c -> Character.getType(c) == Character.FORMAT);
    private static final int[] WHITE_SPACE =
            codePoints(c -> WHITE.matcher(Character.toString(c)).matches());
    private static final int[] DIGITS_OF_ALL_SCRIPTS = codePoints(Character::isDigit);
    private static final int[] SEPARATORS = "-.()".codePoints().toArray();
    private static final int[] SURROGATES =
            IntStream.rangeClosed(0xD800, 0xDFFF).toArray();
    private static final int[] PHONE_LIKE =
            "0123456789+++-.() \t\0٠٥٦٩۰۵۶۹０５６９＋".codePoints().toArray();
    private static final int[] WRITTEN = IntStream.rangeClosed(' ', 0x17F).toArray();
    private static final int[] ANYTHING =
            IntStream.rangeClosed(0, Character.MAX_CODE_POINT).toArray();
    private static final List<int[]> ALPHABETS =
            List.of(FORMAT, WHITE_SPACE, DIGITS_OF_ALL_SCRIPTS, SEPARATORS, SURROGATES, PHONE_LIKE, WRITTEN, ANYTHING);

    private static final List<int[]> DIGITS = List.of("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９").stream()
            .map(digits -> digits.codePoints().toArray())
            .toList();
    private static final List<String> BEGINNINGS =
            List.of("", "0", "00", "5", "05", "01", "1", "11", "92", "9200", "800");

    private static final List<Function<String, String>> FORMS = List.of(
            number -> number,
            number -> number.substring(1),
            number -> "00" + number.substring(1),
            number -> "0" + number.substring(4),
            number -> number.substring(4),
            number -> "+9660" + number.substring(4));

    private PhoneTexts() {}

    static String any(SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> ofOneAlphabet(random);
            case 1 ->
                random.ints(random.nextInt(80), 0, ALPHABETS.size())
                        .map(alphabet -> oneOf(ALPHABETS.get(alphabet), random))
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            case 2 -> number(random);
            case 3 -> decorated(number(random), random);
            case 4 -> withWhiteSpace(oneOf(FORMS, random).apply(number(random)), random);
            case 5 -> oneOf(FORMS, random).apply(mobile(random));
            default ->
                damaged(oneOf(FORMS, random).apply(random.nextBoolean() ? mobile(random) : number(random)), random);
        };
    }

    /** +966 and the digits of a number, valid or nearly so. */
    static String number(SplittableRandom random) {
        var national = new StringBuilder(oneOf(BEGINNINGS, random));
        var length = random.nextInt(8) == 0 ? random.nextInt(20) : 9 + random.nextInt(2);
        while (national.length() < length) {
            national.append(random.nextInt(10));
        }
        return "+966" + national;
    }

    static String mobile(SplittableRandom random) {
        return "+9665" + (10_000_000 + random.nextInt(90_000_000));
    }

    /** The same number with other digits, a trunk zero and separators; at most 60 characters. */
    public static String decorated(String number, SplittableRandom random) {
        var plain = random.nextBoolean() && !number.startsWith("+9660") ? "+9660" + number.substring(4) : number;
        var drawn = new StringBuilder();
        plain.codePoints()
                .map(c -> c == '+' ? (random.nextBoolean() ? '+' : '＋') : oneOf(DIGITS, random)[c - '0'])
                .forEach(drawn::appendCodePoint);
        var count = random.nextInt(60 - plain.length() + 1);
        for (var i = 0; i < count; i++) {
            insert(oneOf(random.nextBoolean() ? FORMAT : SEPARATORS, random), drawn, random);
        }
        return drawn.toString();
    }

    /** Adds one to three white space characters anywhere. */
    static String withWhiteSpace(String text, SplittableRandom random) {
        var drawn = new StringBuilder(text);
        var count = 1 + random.nextInt(3);
        for (var i = 0; i < count; i++) {
            insert(oneOf(WHITE_SPACE, random), drawn, random);
        }
        return drawn.toString();
    }

    private static String damaged(String text, SplittableRandom random) {
        var drawn = new StringBuilder(text);
        var count = 1 + random.nextInt(3);
        for (var i = 0; i < count; i++) {
            if (random.nextBoolean() && !drawn.isEmpty()) {
                drawn.deleteCharAt(random.nextInt(drawn.length()));
            }
            if (random.nextBoolean()) {
                insert(oneOf(oneOf(ALPHABETS, random), random), drawn, random);
            }
        }
        return drawn.toString();
    }

    private static String ofOneAlphabet(SplittableRandom random) {
        var alphabet = oneOf(ALPHABETS, random);
        return random.ints(random.nextInt(80), 0, alphabet.length)
                .mapToObj(at -> Character.toString(alphabet[at]))
                .collect(Collectors.joining());
    }

    /** Inserts between two characters, never within a surrogate pair. */
    private static void insert(int c, StringBuilder text, SplittableRandom random) {
        var at = text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length()) + 1));
        text.insert(at, Character.toString(c));
    }

    private static int oneOf(int[] from, SplittableRandom random) {
        return from[random.nextInt(from.length)];
    }

    private static <T> T oneOf(List<T> from, SplittableRandom random) {
        return from.get(random.nextInt(from.size()));
    }

    private static int[] codePoints(IntPredicate wanted) {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT).filter(wanted).toArray();
    }

    /** The sentence for a partner who sent this as {@code phone}. */
    static String sentence(InvalidPhone refused) {
        var told = new ArrayList<String>();
        refused.tell((sentence, more) -> told.add(
                sentence.with(Stream.concat(Stream.of("phone"), Stream.of(more)).toArray())
                        .english()));
        return told.getFirst();
    }
}
