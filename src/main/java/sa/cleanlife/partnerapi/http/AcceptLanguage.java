package sa.cleanlife.partnerapi.http;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import sa.cleanlife.partnerapi.http.json.Language;

/**
 * Chooses the language of a response by the header {@code Accept-Language} (RFC 9110, 12.5.4): Arabic, of any region
 * ({@code ar-SA}), if it is preferred to English; of two languages that are equally preferred, the first. A malformed
 * part of the header is ignored, and the default is English.
 */
final class AcceptLanguage {
    /** The subtags are matched possessively: otherwise matching recurses once per subtag, and a long header overflows the stack. */
    private static final Pattern RANGE = Pattern.compile(
            "(\\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*+)[ \\t]*(?:;[ \\t]*[qQ]=(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?))?");

    private AcceptLanguage() {}

    /** @param lines the lines of the header, in order of arrival */
    static Language choose(List<String> lines) {
        double arabic = -1;
        double english = -1;
        double others = 0;
        boolean isArabicFirst = false;
        for (var part : String.join(",", lines).split(",", -1)) {
            var range = RANGE.matcher(part.strip());
            if (!range.matches()) {
                continue;
            }
            double quality = range.group(2) == null ? 1 : Double.parseDouble(range.group(2));
            switch (primary(range.group(1))) {
                case "ar" -> {
                    isArabicFirst |= english < 0;
                    arabic = Math.max(arabic, quality);
                }
                case "en" -> english = Math.max(english, quality);
                case "*" -> others = Math.max(others, quality);
                default -> {
                    // A language that no sentence is written in.
                }
            }
        }
        boolean isArabicNamed = arabic >= 0;
        arabic = isArabicNamed ? arabic : others;
        english = english >= 0 ? english : others;
        return arabic > english || (arabic == english && arabic > 0 && isArabicFirst)
                ? Language.ARABIC
                : Language.ENGLISH;
    }

    private static String primary(String range) {
        int subtags = range.indexOf('-');
        return (subtags < 0 ? range : range.substring(0, subtags)).toLowerCase(Locale.ROOT);
    }
}
