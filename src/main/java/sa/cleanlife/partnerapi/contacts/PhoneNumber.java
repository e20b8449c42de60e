package sa.cleanlife.partnerapi.contacts;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A Saudi phone number in E.164 form, such as {@code +966500000000}, which identifies a contact. {@link #parse} gives
 * the same value for every spelling of a number; openapi.yaml has its rule. Numbers are ordered by the bytes of that
 * form, and print as a fixed word, because they are personal data.
 */
public final class PhoneNumber implements PhoneParseResult, Comparable<PhoneNumber> {
    private static final int LONGEST_TEXT = 64; // code points, as sent
    private static final String PREFIX = "+966";

    private final String e164;

    private PhoneNumber(String e164) {
        this.e164 = e164;
    }

    /** Parses any text; it never throws. */
    public static PhoneParseResult parse(String text) {
        // Nearly every phone arrives in its stored form, which needs no copy and no regular expression.
        return isMobile(text) ? new PhoneNumber(text) : parseOtherSpelling(text);
    }

    /** A stored number, which was parsed before. It stays valid even if the numbering plan has changed since. */
    static PhoneNumber ofStored(String e164) {
        return new PhoneNumber(e164);
    }

    /**
     * Loads libphonenumber's metadata. It blocks, and is called before the server serves, so that no event loop waits
     * for it.
     */
    public static void loadNumberingPlan() {
        for (var oneOfItsKind : List.of("+966112345678", "+966920012345", "+9668001234567")) {
            parse(oneOfItsKind);
        }
    }

    public String e164() {
        return e164;
    }

    private static PhoneParseResult parseOtherSpelling(String text) {
        if (text.codePointCount(0, text.length()) > LONGEST_TEXT) {
            return InvalidPhone.WITHOUT_SUGGESTION;
        }
        var written = WrittenPhone.of(text);
        return written.strict()
                .filter(spelling -> spelling.startsWith(PREFIX))
                .flatMap(spelling -> ofNational(withoutTrunkZero(spelling.substring(PREFIX.length()))))
                .<PhoneParseResult>map(number -> number)
                .orElseGet(() -> refused(written));
    }

    private static InvalidPhone refused(WrittenPhone written) {
        var spelling = written.meant().orElse("");
        return ofNational(national(spelling))
                .map(InvalidPhone::suggesting)
                .orElseGet(() -> isOfAnotherCountry(spelling)
                        ? InvalidPhone.OF_ANOTHER_COUNTRY
                        : InvalidPhone.WITHOUT_SUGGESTION);
    }

    /**
     * The digits after the country code, for the forms in which Saudi numbers are written; an empty text for any other
     * form. {@link #ofNational} tells whether they are a number. Some lists have the country code twice. Of the numbers
     * without a country code, 920 has no other form within the country, and 800 is dialled like that.
     */
    private static String national(String spelling) {
        var afterCode = afterCountryCode(spelling);
        if (afterCode.isPresent()) {
            return withoutTrunkZero(afterCountryCode(afterCode.get()).orElse(afterCode.get()));
        }
        if (spelling.startsWith("05") || spelling.startsWith("01")) {
            return withoutTrunkZero(spelling);
        }
        if (spelling.startsWith("5") || spelling.startsWith("920") || spelling.startsWith("800")) {
            return spelling;
        }
        return "";
    }

    private static Optional<String> afterCountryCode(String spelling) {
        return Stream.of(PREFIX, "00966", "966")
                .filter(spelling::startsWith)
                .map(code -> spelling.substring(code.length()))
                .findFirst();
    }

    private static boolean isOfAnotherCountry(String spelling) {
        var international = spelling.startsWith("00") ? "+" + spelling.substring(2) : spelling;
        return NumberingPlan.isOfAnotherCountry(international);
    }

    private static String withoutTrunkZero(String digits) {
        return digits.startsWith("0") ? digits.substring(1) : digits;
    }

    private static Optional<PhoneNumber> ofNational(String national) {
        var e164 = PREFIX + national;
        return isMobile(e164) || NumberingPlan.holds(national) ? Optional.of(new PhoneNumber(e164)) : Optional.empty();
    }

    /**
     * Accepts every 5x, even those that the numbering metadata does not know yet: it lags behind the ranges in use, for
     * example 052.
     */
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
