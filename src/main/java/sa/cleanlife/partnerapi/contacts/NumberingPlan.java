package sa.cleanlife.partnerapi.contacts;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber;
import java.util.regex.Pattern;

/**
 * The Saudi numbers that libphonenumber's metadata knows. It is asked about digits only, never about text: its parser
 * repairs what it reads, turning letters into digits and dropping extensions. A class of its own, so that the metadata is
 * read when first asked for and not when the first mobile arrives.
 */
final class NumberingPlan {
    private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();

    private static final int SAUDI_ARABIA = 966;

    /** As many digits as E.164 leaves after a country code of three, and so fewer than a {@code long} holds. */
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,12}");

    /** An international number of as many digits as E.164 allows, and no fewer than any country has. */
    private static final Pattern INTERNATIONAL = Pattern.compile("\\+[1-9][0-9]{7,14}");

    private NumberingPlan() {}

    /** Whether these digits, put after +966, are a valid number. */
    static boolean holds(String national) {
        if (!DIGITS.matcher(national).matches()) {
            return false;
        }
        var number =
                new Phonenumber.PhoneNumber().setCountryCode(SAUDI_ARABIA).setNationalNumber(Long.parseLong(national));
        // Formatted back, so that what a number cannot express, a leading zero, is refused and not lost.
        return LIBRARY.isValidNumberForRegion(number, "SA")
                && LIBRARY.format(number, PhoneNumberFormat.E164).equals("+966" + national);
    }

    /**
     * Whether this plus with digits is a valid number of another country. The first time that a country is asked about, its
     * metadata is read, which takes a millisecond or two.
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
