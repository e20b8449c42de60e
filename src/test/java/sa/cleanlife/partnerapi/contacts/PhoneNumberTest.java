package sa.cleanlife.partnerapi.contacts;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumberTest {
    private static final String REFUSED = "refused";
    private static final String NOT_SAUDI = "not Saudi";
    private static final String SEND_INSTEAD = "send +966500000000";

    /** The outcome in words, because numbers and refusals print nothing of themselves. */
    static String answerTo(String text) {
        return switch (PhoneNumber.parse(text)) {
            case PhoneNumber number -> number.e164();
            case InvalidPhone refused when refused == InvalidPhone.OF_ANOTHER_COUNTRY -> NOT_SAUDI;
            case InvalidPhone refused ->
                refused.suggestion().map(number -> "send " + number.e164()).orElse(REFUSED);
        };
    }

    private static PhoneNumber number(String text) {
        return (PhoneNumber) PhoneNumber.parse(text);
    }

    @Nested
    class The_published_table {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "+966500000000",
                    "+966-50-000-0000",
                    "+966(0)500000000",
                    "+9660500000000",
                    "+٩٦٦٥٠٠٠٠٠٠٠٠",
                    "\u200E+966500000000",
                })
        void accepts_every_spelling_as_one_number(String text) {
            assertThat(answerTo(text)).isEqualTo("+966500000000");
        }

        @ParameterizedTest
        @ValueSource(strings = {"+966529339123", "+966112345678", "+966920012345", "+9668001234567"})
        void accepts_as_sent(String text) {
            assertThat(answerTo(text)).isEqualTo(text);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "0500000000",
                    "966500000000",
                    "00966500000000",
                    "+966 500000000",
                    "+966 50 000 0000",
                    " +966500000000",
                    "+966500000000\n",
                    "966500000000.0",
                    "'+966500000000",
                    "tel:+966500000000",
                    "p:+966500000000",
                    "966500000000@c.us",
                    "+966966500000000",
                    "+966\u201050\u2011000\u20130000",
                })
        void refuses_and_says_what_to_send(String text) {
            assertThat(answerTo(text)).isEqualTo(SEND_INSTEAD);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "+96650000000",
                    "+9665000000000",
                    "+966100000000",
                    "+966911",
                    "++966500000000",
                    "+96650FLOWERS",
                    "+966500000000x12",
                    "abc",
                    "",
                })
        void refuses(String text) {
            assertThat(answerTo(text)).isEqualTo(REFUSED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"+14155550100", "+971501234567"})
        void refuses_and_says_that_it_must_be_a_saudi_one(String text) {
            assertThat(answerTo(text)).isEqualTo(NOT_SAUDI);
        }
    }

    @Nested
    class A_number_of_another_country {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "+971501234567",
                    "+971-50-123-4567",
                    "+971 50 123 4567",
                    "+٩٧١٥٠١٢٣٤٥٦٧",
                    "00971501234567",
                    "tel:+971501234567",
                    "'+971501234567",
                    "+1 415 555 0100",
                    "+447911123456",
                    "+201001234567",
                    "+923001234567",
                    "+96550000000",
                    "+80012345678", // an international toll-free number
                })
        void is_told_that_it_must_be_a_saudi_one(String text) {
            assertThat(answerTo(text)).isEqualTo(NOT_SAUDI);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "+97150",
                    "+97150123456",
                    "+9715012345678",
                    "+965500000000", // 966 mistyped
                    "00500000000",
                    "+9715012345678901",
                    "+210123456789", // an unassigned code
                    "+0971501234567",
                    "+00971501234567",
                    "000971501234567",
                    "++971501234567",
                    "+971+501234567",
                    "971501234567",
                    "+971501234567x1",
                    "+97150FLOWERS",
                })
        void is_not_recognized_in_other_texts(String text) {
            assertThat(answerTo(text)).isEqualTo(REFUSED);
        }
    }

    @Nested
    class The_parser {
        @ParameterizedTest
        @ValueSource(strings = {"50", "51", "52", "53", "54", "55", "56", "57", "58", "59"})
        void accepts_every_mobile_range_whether_the_metadata_knows_it_or_not(String range) {
            assertThat(answerTo("+966" + range + "9999999")).isEqualTo("+966" + range + "9999999");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "+966112345678",
                    "+966122345678",
                    "+966133812345",
                    "+966143312345",
                    "+966163212345",
                    "+966172212345",
                    "+966920000000",
                    "+966925012345",
                    "+9668001240000",
                })
        void accepts_what_libphonenumber_holds_valid(String text) {
            assertThat(answerTo(text)).isEqualTo(text);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "+966", // no digits
                    "+9660", // no digits after the trunk zero
                    "+96600",
                    "+9665",
                    "+96611234567", // landlines with too few and too many digits
                    "+9661123456789",
                    "+966131234567", // no such area
                    "+96692001234", // 9200 with too few and too many digits
                    "+9669200123456",
                    "+966800123456", // 800 with too few and too many digits
                    "+96680012345678",
                    "+9668111234567", // 811 is not in the metadata
                    "+966811123456",
                    "+966911", // short numbers do not work from abroad
                    "+966999",
                    "+966212345678",
                    "+966412345678",
                    "+966999999999999",
                    "+9669999999999999999",
                    "+9661844674407371",
                    "+96618446744073709551616112345678", // overflows a long
                    "+9669999999999999999999999999999999999999999999999999999999999",
                })
        void refuses_any_other_text(String text) {
            assertThat(answerTo(text)).isEqualTo(REFUSED);
        }
    }

    @Nested
    class The_trunk_zero {
        @ParameterizedTest
        @CsvSource({
            "+9660500000000,   +966500000000",
            "+966(0)500000000, +966500000000",
            "+966-0-500000000, +966500000000",
            "+966٠500000000,   +966500000000",
            "+9660529339123,   +966529339123",
            "+9660112345678,   +966112345678",
        })
        void is_dropped_once(String text, String number) {
            assertThat(answerTo(text)).isEqualTo(number);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "+96600500000000",
                    "+966(0)0500000000",
                    "+96600112345678",
                    "+966000112345678",
                    "+966000500000000",
                    "00966 00 500000000",
                    "00500000000",
                })
        void is_not_dropped_twice(String text) {
            assertThat(answerTo(text)).isEqualTo(REFUSED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"0+966500000000", "+0966500000000", "+9066500000000", "+9665000000000"})
        void is_dropped_nowhere_else(String text) {
            assertThat(answerTo(text)).isEqualTo(REFUSED);
        }
    }

    /**
     * All code points are tried, so that no class of characters is forgotten; regular expressions are the reference.
     */
    @Nested
    class Every_character {
        private static final Map<String, List<Integer>> BY_ANSWER_IN_THE_MIDDLE =
                codePoints().collect(groupingBy(c -> answerTo("+96650000" + Character.toString(c) + "0000")));

        @Test
        void is_dropped_when_it_is_a_separator_or_a_format_character() {
            assertThat(BY_ANSWER_IN_THE_MIDDLE.get("+966500000000")).isEqualTo(matching("[-.()\\p{Cf}]"));
        }

        @Test
        void brings_a_suggestion_when_it_is_white_space_or_a_dash_of_typography() {
            assertThat(BY_ANSWER_IN_THE_MIDDLE.get(SEND_INSTEAD))
                    .isEqualTo(matching("[\\p{IsWhite_Space}\\p{Pd}\\x{2212}&&[^-]]"));
        }

        @Test
        void is_refused_when_it_is_any_other() {
            assertThat(BY_ANSWER_IN_THE_MIDDLE.get(REFUSED))
                    .isEqualTo(matching("[^-.()\\p{Cf}\\p{IsWhite_Space}\\p{Pd}\\x{2212}]"));
        }

        @Test
        void is_treated_alike_at_both_ends() {
            assertThat(thatMake(c -> "+966500000000", c -> c + "+966500000000"))
                    .isEqualTo(thatMake(c -> "+966500000000", c -> "+966500000000" + c))
                    .isEqualTo(matching("[-.()\\p{Cf}]"));
        }

        @Test
        void stands_for_a_digit_in_four_scripts_only() {
            assertThat(thatMake(
                            c -> "+9665000" + Character.digit(c.codePointAt(0), 10) + "0000",
                            c -> "+9665000" + c + "0000"))
                    .isEqualTo(matching("[0-9\\x{660}-\\x{669}\\x{6F0}-\\x{6F9}\\x{FF10}-\\x{FF19}]"));
            assertThat(answerTo("+９٦۶5٠۱２3٤۵６7")).isEqualTo("+966501234567");
        }

        @Test
        void stands_for_the_plus_in_two_widths_only() {
            assertThat(thatMake(c -> "+966500000000", c -> c + "966500000000")).isEqualTo(matching("[+\\x{FF0B}]"));
        }

        private static List<Integer> thatMake(UnaryOperator<String> number, UnaryOperator<String> ofText) {
            return codePoints()
                    .filter(c ->
                            answerTo(ofText.apply(Character.toString(c))).equals(number.apply(Character.toString(c))))
                    .toList();
        }

        private static List<Integer> matching(String expression) {
            var pattern = Pattern.compile(expression);
            return codePoints()
                    .filter(c -> pattern.matcher(Character.toString(c)).matches())
                    .toList();
        }

        /** All code points that Unicode defines, and one in 64 of the others, of which there are many more. */
        private static Stream<Integer> codePoints() {
            return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                    .filter(c -> Character.isDefined(c) || c % 64 == 0)
                    .boxed();
        }
    }

    @Nested
    class The_length {
        private static final String FIFTY_ONE_DASHES = "-".repeat(51);
        private static final String LANGUAGE_TAG = Character.toString(0xE0001); // two chars of Java, one character

        @Test
        void may_be_64_characters_and_no_more() {
            assertThat(answerTo("+966500000000" + FIFTY_ONE_DASHES)).isEqualTo("+966500000000");
            assertThat(answerTo("+966500000000" + FIFTY_ONE_DASHES + "-")).isEqualTo(REFUSED);
        }

        @Test
        void counts_characters_outside_the_basic_plane_once() {
            assertThat(answerTo("+966500000000" + LANGUAGE_TAG.repeat(51))).isEqualTo("+966500000000");
            assertThat(answerTo("+966500000000" + LANGUAGE_TAG.repeat(52))).isEqualTo(REFUSED);
        }

        @Test
        void limits_suggestions_too() {
            assertThat(answerTo("0500000000" + " ".repeat(54))).isEqualTo(SEND_INSTEAD);
            assertThat(answerTo("0500000000" + " ".repeat(55))).isEqualTo(REFUSED);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "", "-", ".", "()", "(-.)", " ", "\n", "\u00A0", "\u200E", "\uFEFF", "+", "＋", "-+-", "0", "00"
                })
        void of_nothing_but_decoration_is_refused(String text) {
            assertThat(answerTo(text)).isEqualTo(REFUSED);
            assertThat(answerTo(text.repeat(20))).isEqualTo(REFUSED);
        }

        @Test
        void of_a_whole_body_is_refused() {
            assertThat(answerTo("+966500000000".repeat(5000))).isEqualTo(REFUSED);
            assertThat(answerTo("\uD800".repeat(65_536))).isEqualTo(REFUSED);
        }
    }

    @Nested
    class A_suggestion {
        @ParameterizedTest
        @CsvSource({
            "'0500000000',            +966500000000", // a mobile as it is dialled at home
            "'050 000 0000',          +966500000000",
            "'(050) 000-0000',        +966500000000",
            "'٠٥٠٠٠٠٠٠٠٠',            +966500000000",
            "'0529339123',            +966529339123",
            "'0112345678',            +966112345678", // a landline
            "'011 234 5678',          +966112345678",
            "'500000000',             +966500000000", // a mobile without its trunk zero
            "'50 000 0000',           +966500000000",
            "'966500000000',          +966500000000", // the plus is missing
            "'966 0500000000',        +966500000000",
            "'966112345678',          +966112345678",
            "'966920012345',          +966920012345",
            "'9668001234567',         +9668001234567",
            "'00966500000000',        +966500000000", // the plus as it is dialled
            "'00 966 (0)50 000 0000', +966500000000",
            "'00966112345678',        +966112345678",
            "'+966 50 000 0000',      +966500000000", // white space
            "'(+966) 050 000 0000',   +966500000000",
            "'+966 11 234 5678',      +966112345678",
            "'+966 9200 12345',       +966920012345",
            "'+966 800 123 4567',     +9668001234567",
            "'920012345',             +966920012345", // has no other form within the country
            "'9200 12345',            +966920012345",
            "'8001234567',            +9668001234567", // as it is dialled at home
            "'8001240600',            +9668001240600",
            "'800-124-0600',          +9668001240600",
            "'966500000600.0',        +966500000600", // a spreadsheet's number
            "'500000600.0',           +966500000600",
            "'0500000600.00',         +966500000600",
            "'+966500000600.0',       +966500000600",
            "'٩٦٦٥٠٠٠٠٠٦٠٠.٠',        +966500000600",
            "'9668001240600.0',       +9668001240600",
            "'966112345670.0',        +966112345670",
            "'\u2018+966500000000',   +966500000000", // a spreadsheet's text
            "'\u2019+966500000000',   +966500000000",
            "'\"+966500000000\"',     +966500000000",
            "'=\"0500000000\"',       +966500000000",
            "'tel:+966500000000',     +966500000000", // a link or an address book
            "'TEL:+966-50-000-0000',  +966500000000",
            "'tel: 050 000 0000',     +966500000000",
            "'tel:0500000000',        +966500000000",
            "'sms:+966500000000',     +966500000000",
            "'p:+966500000000',       +966500000000", // an advertisement's answers
            "'P:966500000000',        +966500000000",
            "'966500000000@c.us',     +966500000000", // a chat
            "'966500000000@s.whatsapp.net', +966500000000",
            "'whatsapp:+966500000000', +966500000000",
            "'https://wa.me/966500000000', +966500000000",
            "'wa.me/966500000000',    +966500000000",
            "'+966966500000000',      +966500000000", // the country code twice
            "'966966500000000',       +966500000000",
            "'00966966500000000',     +966500000000",
            "'+966+966500000000',     +966500000000",
            "'+966 00966 500000000',  +966500000000",
            "'+966 966 050 000 0000', +966500000000",
            "'+9669668001240600',     +9668001240600",
            "'+966\u201050\u2011000\u20130000', +966500000000", // hyphens and dashes of typography
            "'050\u2014000\u22120000', +966500000000",
        })
        void is_made_where_the_text_plainly_is_a_saudi_number(String text, String suggestion) {
            assertThat(answerTo(text)).isEqualTo("send " + suggestion);
            assertThat(answerTo(suggestion)).isEqualTo(suggestion);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "08001234567",
                    "800123456",
                    "80012345678",
                    "8101234567",
                    "0920012345",
                    "112345678", // nine digits, ambiguous
                    "0212345678", // no such area
                    "05000000", // too short
                    "05000000000", // too long
                    "50000000",
                    "5000000000",
                    "96650000000",
                    "9665000000000",
                    "0096650000000",
                    "+966 50 000 000",
                    "+00966500000000",
                    "+0500000000",
                    "000966500000000",
                    "++966500000000",
                    "+ +966500000000",
                    "+966 +500000000",
                    "+966500000000+",
                    "966+500000000",
                    "0500000000 0500000001",
                    "+966500000000 +966500000001",
                    "+966500000000,+966500000001",
                    "+966500000000/1",
                    "+966 50 000 0000 x12",
                    "+966 50 000 0000 ext. 12",
                    "+966500000000;ext=12",
                    "+966500000000#12",
                    "phone 0500000000",
                    "tel:",
                    "tel:tel:+966500000000",
                    "tel:+966500000000;ext=12",
                    "mailto:0500000000",
                    "x:+966500000000",
                    "pp:+966500000000",
                    "966500000000@g.us", // a group
                    "966500000000@example.com",
                    "966500000000@",
                    "''+966500000000",
                    "96650000000.0", // a short number, not a number with a dot in it
                    "966500000000.5",
                    "966500000000.000",
                    "9.66500000000E+11",
                    "966966966500000000",
                    "+966966",
                    "+96696650000000",
                })
        void is_not_made_where_it_would_be_a_guess(String text) {
            assertThat(answerTo(text)).isEqualTo(REFUSED);
        }
    }

    /** libphonenumber's own parser turns all of these into a valid number. */
    @Nested
    class What_libphonenumber_alone_would_accept {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "050-FLOWERS",
                    "+96650FLOWERS",
                    "abc0501234567",
                    "+966501234567\0",
                    "+966501234567 ext 5",
                    "+966501234567;ext=5",
                    "+966501234567\u0967", // a Devanagari digit
                    "+96650123456\u0967",
                    "+966/501234567",
                    "+966501234567~",
                    "+966（50）1234567",
                })
        void is_refused(String text) {
            assertThat(answerTo(text)).isEqualTo(REFUSED);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "-966501234567",
                    "966501234567",
                    "0501234567",
                    "00966501234567",
                    "+966 501234567",
                    "tel:+966501234567",
                    "+966\u201350\u2013123\u20134567" // en dashes
                })
        void is_at_most_suggested(String text) {
            assertThat(answerTo(text)).isEqualTo("send +966501234567");
        }
    }

    @Nested
    class The_sentence {
        @Test
        void says_what_form_is_wanted() {
            assertThat(sentence("abc"))
                    .isEqualTo("phone must be a valid phone number in international form, for example +966500000000");
        }

        @Test
        void says_which_string_to_send_where_it_is_known() {
            assertThat(sentence("050 123 4567"))
                    .isEqualTo("phone must be a valid phone number in international form; send +966501234567");
        }

        private static String sentence(String text) {
            return switch (PhoneNumber.parse(text)) {
                case PhoneNumber accepted -> "accepted " + accepted.e164();
                case InvalidPhone refused -> PhoneTexts.sentence(refused);
            };
        }
    }

    @Nested
    class As_a_value {
        @Test
        void is_the_same_in_every_spelling() {
            var number = PhoneNumber.parse("+966500000000");

            assertThat(PhoneNumber.parse("+966-50-000-0000")).isEqualTo(number).hasSameHashCodeAs(number);
            assertThat(PhoneNumber.parse("+966500000001")).isNotEqualTo(number);
            assertThat(number).isNotEqualTo("+966500000000");
        }

        @Test
        void is_ordered_by_the_bytes_of_its_e164_form() {
            var inOrder = List.of("+966112345678", "+966500000000", "+966500000001", "+9668001234567", "+966920012345");

            assertThat(inOrder.reversed().stream().map(PhoneNumberTest::number).sorted())
                    .map(PhoneNumber::e164)
                    .isEqualTo(inOrder);
        }

        @ParameterizedTest
        @ValueSource(strings = {"+966501234567", "+966112345678", "0501234567", "+966 50 123 4567", "abc501234567"})
        void never_prints_what_was_sent_or_suggested(String text) {
            var printed = String.valueOf(PhoneNumber.parse(text));

            assertThat(printed).isIn("PhoneNumber(hidden)", "InvalidPhone(hidden)");
        }
    }
}
