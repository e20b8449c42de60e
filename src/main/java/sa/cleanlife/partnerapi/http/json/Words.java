package sa.cleanlife.partnerapi.http.json;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** Parses ids, dates and times; only ASCII digits are accepted. */
final class Words {
    private Words() {}

    /** Parses a UUID of any version: an unknown id is simply not found. */
    static Optional<UUID> uuid(String text) {
        return hasForm(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    static Optional<LocalDate> date(String text) {
        if (!hasForm(text, "0000-00-00")) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)));
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }

    static Optional<LocalTime> time(String text) {
        if (!hasForm(text, "00:00") && !hasForm(text, "00:00:00")) {
            return Optional.empty();
        }
        try {
            var seconds = text.length() > 5 ? number(text, 6, 8) : 0;
            return Optional.of(LocalTime.of(number(text, 0, 2), number(text, 3, 5), seconds));
        } catch (DateTimeException noSuchTime) {
            return Optional.empty();
        }
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /**
     * Whether the text has the form, in which 0 stands for a digit, x for a hexadecimal digit, and any other character
     * for itself.
     */
    private static boolean hasForm(String text, String form) {
        if (text.length() != form.length()) {
            return false;
        }
        for (int i = 0; i < form.length(); i++) {
            char c = text.charAt(i);
            char wanted = form.charAt(i);
            boolean fits = switch (wanted) {
                case '0' -> isDigit(c);
                case 'x' -> HexFormat.isHexDigit(c);
                default -> c == wanted;
            };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char c) {
        return '0' <= c && c <= '9';
    }
}
