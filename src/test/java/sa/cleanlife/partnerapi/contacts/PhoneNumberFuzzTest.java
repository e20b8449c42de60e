package sa.cleanlife.partnerapi.contacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import sa.cleanlife.partnerapi.fuzz.AnswerCoverage;

/** Compares the phone number parser with an independent form of its rule. */
class PhoneNumberFuzzTest {
    @RegisterExtension
    static final AnswerCoverage COVERAGE = new AnswerCoverage(
            "accepted", "refused with a suggestion", "refused as another country's", "refused without one");

    private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}");

    /** The pattern that distinguishes a Saudi number from any other. */
    private static final Pattern SAUDI =
            Pattern.compile("(\\+966|\\+?00966|0?966){1,2}0?[1-9][0-9]*|0[15][0-9]*|(5|920|800)[0-9]*");

    private static final Pattern FOREIGN = Pattern.compile("(\\+|00)(?!966|0)[0-9]{8,15}");

    @FuzzTest
    void takes_and_suggests_only_what_the_rule_lets_it(byte[] bytes) {
        var text = new String(bytes, UTF_8);

        var parsed = PhoneNumber.parse(text);

        var accepted = parsed instanceof PhoneNumber number ? Optional.of(number.e164()) : Optional.<String>empty();
        assertThat(accepted).isEqualTo(PhoneRule.accepted(text));
        switch (parsed) {
            case PhoneNumber number -> {
                COVERAGE.saw("accepted");
                assertThat(WHITE_SPACE.matcher(text).find()).isFalse();
                assertIsStored(number);
            }
            case InvalidPhone refused
            when refused.suggestion().isPresent() -> {
                COVERAGE.saw("refused with a suggestion");
                assertIsStored(refused.suggestion().orElseThrow());
                assertThat(meant(text))
                        .contains(refused.suggestion().orElseThrow().e164());
                assertThat(PhoneTexts.sentence(refused))
                        .isEqualTo("phone must be a valid phone number in international form; send "
                                + refused.suggestion().orElseThrow().e164());
            }
            case InvalidPhone refused
            when refused == InvalidPhone.OF_ANOTHER_COUNTRY -> {
                COVERAGE.saw("refused as another country's");
                assertThat(meant(text)).isEmpty();
                assertThat(unwrapped(text)).matches(FOREIGN);
                assertThat(PhoneTexts.sentence(refused))
                        .isEqualTo("phone must be a valid phone number in international form and a Saudi one,"
                                + " for example +966500000000; this is a number of another country");
            }
            case InvalidPhone refused -> {
                COVERAGE.saw("refused without one");
                assertThat(meant(text)).isEmpty();
                assertThat(PhoneTexts.sentence(refused))
                        .isEqualTo(
                                "phone must be a valid phone number in international form, for example +966500000000");
            }
        }
        assertThat(parsed.toString()).isIn("PhoneNumber(hidden)", "InvalidPhone(hidden)");
    }

    private static void assertIsStored(PhoneNumber number) {
        assertThat(number.e164()).matches(PhoneRule.E164);
        assertThat(PhoneNumber.parse(number.e164())).isEqualTo(number).hasSameHashCodeAs(number);
    }

    /** The number to suggest for a rejected text, if it is clear. */
    private static Optional<String> meant(String text) {
        var sent = unwrapped(text);
        var national = sent.replaceFirst("^(\\+966|\\+?00966|0?966){0,2}0?", "");
        // One trunk zero is dropped; the rule would drop a second one.
        return text.codePointCount(0, text.length()) <= 64
                        && SAUDI.matcher(sent).matches()
                        && !national.startsWith("0")
                ? PhoneRule.accepted("+966" + national)
                : Optional.empty();
    }

    /** The text in ASCII, without the wrapping of a number and the separators within it. */
    private static String unwrapped(String text) {
        var bare = WHITE_SPACE
                .matcher(PhoneRule.ascii(text))
                .replaceAll(" ")
                .replaceAll("[\\p{Pd}\u2212]", "-")
                .replaceFirst("^ *(['\u2018\u2019]|=?[\"\u201c])? *", "")
                .replaceFirst("^((?i:tel|p|sms|smsto|callto|whatsapp):|(?i:(https?://)?wa\\.me/))", "")
                .replaceFirst("['\"\u2019\u201d]? *$", "")
                .replaceFirst("(?i:@c\\.us|@s\\.whatsapp\\.net)$", "");
        var isAmount = bare.matches(" *[0-9]+[.,]00? *");
        return (isAmount ? bare.replaceFirst("[.,].*", "") : bare.replaceAll("[-() ]", ""))
                .replaceFirst("^((\\+?(00)?966|0?966)?0?(8[0-9]{9}|[1-79][0-9]{8}))[.,]00?$", "$1")
                .replaceAll("[-.() ]", "");
    }
}
