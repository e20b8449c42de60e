package sa.cleanlife.partnerapi.contacts;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** A slow, independent implementation of the phone number rule, as the reference for the parser. */
final class PhoneRule {
    static final Pattern E164 = Pattern.compile("\\+966[1-9][0-9]{8,9}");
    static final Pattern MOBILE = Pattern.compile("\\+9665[0-9]{8}");
    private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();

    private PhoneRule() {}

    /** The stored form of the number in this text; empty when the text is rejected. */
    static Optional<String> accepted(String text) {
        if (text.codePointCount(0, text.length()) > 64) {
            return Optional.empty();
        }
        var normal = normal(text).replaceFirst("^\\+9660", "+966");
        var isPhone = MOBILE.matcher(normal).matches() || (E164.matcher(normal).matches() && isValidForLibrary(normal));
        return isPhone ? Optional.of(normal) : Optional.empty();
    }

    /** The text in ASCII, without separators and invisible characters. */
    static String normal(String text) {
        return ascii(text).replaceAll("[-.()]", "");
    }

    /** The text in ASCII, without invisible characters. */
    static String ascii(String text) {
        return text.codePoints()
                .filter(c -> Character.getType(c) != Character.FORMAT)
                .map(c -> "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９".indexOf(c) < 0 ? c : '0' + Character.digit(c, 10))
                .map(c -> c == '＋' ? '+' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    static boolean isValidForLibrary(String text) {
        try {
            var number = LIBRARY.parse(text, "ZZ");
            return LIBRARY.isValidNumberForRegion(number, "SA")
                    && LIBRARY.format(number, PhoneNumberFormat.E164).equals(text);
        } catch (NumberParseException e) {
            return false;
        }
    }
}
