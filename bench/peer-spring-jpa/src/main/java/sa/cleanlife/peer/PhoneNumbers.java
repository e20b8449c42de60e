package sa.cleanlife.peer;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses Saudi phone numbers into their stored form. */
final class PhoneNumbers {
    private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();
    private static final Pattern MOBILE = Pattern.compile("\\+9665[0-9]{8}");
    private static final Pattern SAUDI = Pattern.compile("\\+966[0-9().-]{1,60}");

    private PhoneNumbers() {}

    static Optional<String> normalise(String text) {
        if (MOBILE.matcher(text).matches()) {
            return Optional.of(text);
        }
        if (!SAUDI.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            var number = LIBRARY.parse(text, "SA");
            var normal = LIBRARY.format(number, PhoneNumberFormat.E164);
            return MOBILE.matcher(normal).matches() || LIBRARY.isValidNumberForRegion(number, "SA")
                    ? Optional.of(normal)
                    : Optional.empty();
        } catch (NumberParseException e) {
            return Optional.empty();
        }
    }
}
