package sa.cleanlife.partnerapi.contacts;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber;
import java.util.regex.Pattern;

/**
 * The Saudi numbers that libphonenumber's metadata knows. The library gets digits only, never text, since its parser
 * repairs what it reads: it turns letters into digits and drops extensions. This is a class of its own, so that the
 * metadata is loaded on first use and not when the first mobile number arrives.
 */
final class NumberingPlan {
    private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();

    private static final int SAUDI_ARABIA = 966;

    /** The digits that E.164 leaves after a country code of three; a {@code long} holds them. */
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,12}");

    /** A plus and 8 to 15 digits: no country has shorter numbers, and E.164 allows no longer ones. */
    private static final Pattern INTERNATIONAL = Pattern.compile("\\+[1-9][0-9]{7,14}");

    private NumberingPlan() {}

    /** Whether these digits after +966 are a valid number. */
    static boolean holds(String national) {
        if (!DIGITS.matcher(national).matches()) {
            return false;
        }
        var number =
                new Phonenumber.PhoneNumber().setCountryCode(SAUDI_ARABIA).setNationalNumber(Long.parseLong(national));
        // The number is formatted back and compared, so that a leading zero, which it cannot express, is rejected and
        // not lost.
        return LIBRARY.isValidNumberForRegion(number, "SA")
                && LIBRARY.format(number, PhoneNumberFormat.E164).equals("+966" + national);
    }

    /**
     * Whether a plus with digits is a valid number of another country. The first number of each country loads its
     * metadata, which takes a millisecond or two.
     */
    static boolean isOfAnotherCountry(String international) {
        if (!INTERNATIONAL.matcher(international).matches()) {
            return false;
        }
        try {
            var number = LIBRARY.parse(international, "ZZ");
            return number.getCountryCode() != SAUDI_ARABIA && LIBRARY.isValidNumber(number);
        } catch (NumberParseException e) {
            return false;
        }
    }
}
