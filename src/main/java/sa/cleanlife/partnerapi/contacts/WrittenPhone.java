package sa.cleanlife.partnerapi.contacts;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sa.cleanlife.partnerapi.http.json.Characters;

/**
 * A phone as it was written, with the digits and the plus of any script in ASCII and without invisible format
 * characters. {@link #strict} reads it by the rule; {@link #meant} guesses the number in forms that the rule rejects.
 *
 * @param plain the text with each white space as a space, and each dash as a hyphen
 * @param isStrict whether the text has only characters that the rule allows
 */
record WrittenPhone(String plain, boolean isStrict) {
    /**
     * The forms in which spreadsheets ({@code '+966…}, {@code ="+966…"}), address books ({@code tel:…}), exports of
     * advertisements ({@code p:…}) and chats ({@code …@c.us}) keep a number.
     */
    private static final Pattern WRAPPED = Pattern.compile(
            " *+(?:['‘’]|=?[\"“])?+ *+(?:(?i:tel|p|sms|smsto|callto|whatsapp):|(?i:(?:https?://)?wa\\.me/))?+"
                    + "(?<number>[-+0-9.,() ]++)(?i:@c\\.us|@s\\.whatsapp\\.net)?+[’'\"”]?+ *+");

    /** The form that a spreadsheet gives to a number that it takes for an amount. */
    private static final Pattern AMOUNT = Pattern.compile(" *+(?<digits>[0-9]++)[.,]00?+ *+");

    /** The same form of a number that is complete without the decimals, so that the point is not one of its separators. */
    private static final Pattern NUMBER_AS_AMOUNT =
            Pattern.compile("(?<digits>(?:(?:\\+|\\+?00|0)?966)?0?(?:8[0-9]{9}|[1-79][0-9]{8}))[.,]00?");

    private static final Pattern OTHER_SEPARATORS = Pattern.compile("[-() ]");
    private static final Pattern SEPARATORS = Pattern.compile("[-.() ]");

    static WrittenPhone of(String text) {
        var plain = new StringBuilder(text.length());
        var isStrict = true;
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            var ascii = toAscii(c);
            if (isDigit(ascii) || ascii == '+' || isSeparator(ascii)) {
                plain.append((char) ascii);
            } else if (Character.getType(c) != Character.FORMAT) {
                plain.appendCodePoint(Characters.isWhiteSpace(c) ? ' ' : isDash(c) ? '-' : c);
                isStrict = false;
            }
        }
        return new WrittenPhone(plain.toString(), isStrict);
    }

    /** The digits and pluses without separators; empty if the text has any other character. */
    Optional<String> strict() {
        return isStrict ? Optional.of(withoutSeparators(plain)) : Optional.empty();
    }

    /** The digits and pluses that were probably meant; empty if the form is not known. */
    Optional<String> meant() {
        return Optional.of(WRAPPED.matcher(plain))
                .filter(Matcher::matches)
                .map(wrapped -> wrapped.group("number"))
                .map(WrittenPhone::withoutDecimals)
                .map(WrittenPhone::withoutSeparators);
    }

    private static String withoutDecimals(String number) {
        var amount = AMOUNT.matcher(number);
        if (amount.matches()) {
            return amount.group("digits");
        }
        var whole = NUMBER_AS_AMOUNT.matcher(OTHER_SEPARATORS.matcher(number).replaceAll(""));
        return whole.matches() ? whole.group("digits") : number;
    }

    private static String withoutSeparators(String number) {
        return SEPARATORS.matcher(number).replaceAll("");
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

    /** The hyphens and dashes of typography, which word processors put in place of a hyphen, and the minus sign. */
    private static boolean isDash(int c) {
        return Character.getType(c) == Character.DASH_PUNCTUATION || c == 0x2212;
    }

    @Override
    public String toString() {
        return "WrittenPhone(hidden)";
    }
}
