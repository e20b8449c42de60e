package sa.cleanlife.partnerapi.contacts;

import java.util.List;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.json.TextField;

/**
 * A Saudi phone number in E.164 form, such as {@code +966500000000}: what a contact is known by. Only {@link #parse} makes
 * one, so every spelling of a number is the same value. The rule is told in openapi.yaml. Numbers are
 * ordered by the bytes of that form, and print as a fixed word, because they are personal data.
 */
public final class PhoneNumber implements ParsedPhone, Comparable<PhoneNumber> {
    private static final int LONGEST_TEXT = 64; // code points, as sent
    private static final String PREFIX = "+966";

    private final String e164;

    private PhoneNumber(String e164) {
        this.e164 = e164;
    }

    /** Takes any text at all, and throws for none. */
    public static ParsedPhone parse(String text) {
        // Nearly every phone arrives as it is stored: no copy, no regular expression.
        return isMobile(text) ? new PhoneNumber(text) : parseOtherSpelling(text);
    }

    /** A number that the gate let in once. It stays what it is, even if the numbering plan has changed since. */
    static PhoneNumber ofStored(String e164) {
        return new PhoneNumber(e164);
    }

    /** Reads libphonenumber's metadata, which blocks; to be called before serving, so that no event loop waits for it. */
    public static void loadNumberingPlan() {
        for (var oneOfItsKind : List.of("+966112345678", "+966920012345", "+9668001234567")) {
            parse(oneOfItsKind);
        }
    }

    public String e164() {
        return e164;
    }

    private static ParsedPhone parseOtherSpelling(String text) {
        if (text.codePointCount(0, text.length()) > LONGEST_TEXT) {
            return RefusedPhone.WITHOUT_SUGGESTION;
        }
        var spelling = new StringBuilder(LONGEST_TEXT);
        var hasWhiteSpace = false;
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            var plain = toAscii(c);
            if (isDigit(plain) || plain == '+') {
                spelling.append((char) plain);
            } else if (TextField.isWhiteSpace(c)) {
                hasWhiteSpace = true;
            } else if (!isSeparator(c) && Character.getType(c) != Character.FORMAT) {
                return RefusedPhone.WITHOUT_SUGGESTION;
            }
        }
        var isInternational = !hasWhiteSpace && spelling.indexOf(PREFIX) == 0;
        return ofNational(national(spelling.toString()))
                .<ParsedPhone>map(number -> isInternational ? number : RefusedPhone.suggesting(number))
                .orElse(RefusedPhone.WITHOUT_SUGGESTION);
    }

    /**
     * What stands after the country code, in the forms that a Saudi number is written in; empty for any other. Whether it is
     * a number is for {@link #ofNational} to say. 800 is not among those without a country code: North America writes its
     * toll-free numbers with the same ten digits. 920 is: at home it has no other form.
     */
    private static String national(String spelling) {
        if (spelling.startsWith(PREFIX)) {
            return withoutTrunkZero(spelling.substring(4));
        }
        if (spelling.startsWith("00966")) {
            return withoutTrunkZero(spelling.substring(5));
        }
        if (spelling.startsWith("966")) {
            return withoutTrunkZero(spelling.substring(3));
        }
        if (spelling.startsWith("05") || spelling.startsWith("01")) {
            return withoutTrunkZero(spelling);
        }
        if (spelling.startsWith("5") || spelling.startsWith("920")) {
            return spelling;
        }
        return "";
    }

    private static String withoutTrunkZero(String digits) {
        return digits.startsWith("0") ? digits.substring(1) : digits;
    }

    private static Optional<PhoneNumber> ofNational(String national) {
        var e164 = PREFIX + national;
        return isMobile(e164) || NumberingPlan.holds(national) ? Optional.of(new PhoneNumber(e164)) : Optional.empty();
    }

    /** Every 5x, also those the numbering metadata does not know yet: it lags behind the ranges in use, 052 for one. */
    private static boolean isMobile(String e164) {
        if (e164.length() != 13 || !e164.startsWith("+9665")) {
            return false;
        }
        for (int i = 5; i < 13; i++) {
            if (!isDigit(e164.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(int c) {
        return '0' <= c && c <= '9';
    }

    /** Arabic-Indic, Persian and full-width digits and the full-width plus; anything else stays as it is. */
    private static int toAscii(int c) {
        if (0x0660 <= c && c <= 0x0669) {
            return c - 0x0660 + '0';
        }
        if (0x06F0 <= c && c <= 0x06F9) {
            return c - 0x06F0 + '0';
        }
        if (0xFF10 <= c && c <= 0xFF19) {
            return c - 0xFF10 + '0';
        }
        return c == 0xFF0B ? '+' : c;
    }

    private static boolean isSeparator(int c) {
        return c == '-' || c == '.' || c == '(' || c == ')';
    }

    @Override
    public int compareTo(PhoneNumber other) {
        return e164.compareTo(other.e164);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PhoneNumber number && e164.equals(number.e164);
    }

    @Override
    public int hashCode() {
        return e164.hashCode();
    }

    @Override
    public String toString() {
        return "PhoneNumber(hidden)";
    }
}
