package sa.cleanlife.partnerapi.contacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static sa.cleanlife.partnerapi.testing.RunningApi.newPhone;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.StoredContact;
import sa.cleanlife.partnerapi.testing.TestPartner;

/** The name of a contact to be found or created: what of it is kept, and with which sentence it is refused. */
class ContactNamesTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();

    private static Answer postName(String phone, String nameAsJson) {
        return HOTEL.postContact("""
                {"phone":"%s","name":%s}""".formatted(phone, nameAsJson));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "Ahmed Ali"                      | "Ahmed Ali"
            "  Ahmed Ali "                   | "Ahmed Ali"
            "\\t\\r\\n\\u000b\\f\\u0085Ahmed" | "Ahmed"
            "\\u00a0Ahmed\\u202f"            | "Ahmed"
            "\\u1680\\u2028\\u2029Ahmed\\u205f\\u3000" | "Ahmed"
            "Ahmed \\u00a0 Ali"              | "Ahmed \\u00a0 Ali"
            "\\u200fAhmed\\u200b"            | "\\u200fAhmed\\u200b"
            "Jose\\u0301"                    | "Jos\\u00e9"
            "\\u0627\\u0653dam"              | "\\u0622dam"
            "\\u212b"                        | "\\u00c5"
            "A"                              | "A"
            "\\ud83d\\ude00"                 | "\\ud83d\\ude00"
            "\\u738b\\u5c0f\\u660e"          | "\\u738b\\u5c0f\\u660e"
            "O'Neil \\"\\\\ <b>%s</b> $1"    | "O'Neil \\"\\\\ <b>%s</b> $1"
            "'); DROP TABLE contact; --"     | "'); DROP TABLE contact; --"
            """)
    void are_stripped_and_composed_and_otherwise_kept(String sent, String kept) {
        var phone = newPhone();
        var name = Answer.parse(kept).asString();

        var answer = postName(phone, sent);

        assertThat(answer.data().get("name").asString()).isEqualTo(name);
        assertThat(StoredContact.withPhone(SERVER, phone).name()).isEqualTo(name);
        assertThat(HOTEL.getContact(answer.id()).data().get("name").asString()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"أحمد علي", "محمّد بن عبد الله آل سعود", "نورة الـقحطاني", "احمد ٢"})
    void in_arabic_are_kept_as_sent(String name) {
        var answer = HOTEL.postContact(newPhone(), name);

        assertThat(answer.data().get("name").asString()).isEqualTo(name);
    }

    static List<Arguments> longestNames() {
        return List.of(
                arguments(named("200 letters", "a".repeat(200)), 200),
                arguments(named("200 supplementary characters", "😀".repeat(200)), 200),
                arguments(named("200 letters after stripping", " ".repeat(300) + "a".repeat(200) + "\u00a0"), 200),
                arguments(named("200 letters after composing", "e\u0301".repeat(200)), 200),
                arguments(named("100 that composing makes two of", "\u0958".repeat(100)), 200));
    }

    @ParameterizedTest
    @MethodSource("longestNames")
    void have_up_to_200_code_points(String sent, int codePoints) {
        var answer = HOTEL.postContact(newPhone(), sent);

        assertThat(answer.data().get("name").asString().codePoints()).hasSize(codePoints);
    }

    static List<Arguments> wrongLengths() {
        return List.of(
                arguments(named("201 letters", "a".repeat(201))),
                arguments(named("201 supplementary characters", "😀".repeat(201))),
                arguments(named("201 letters after composing", "e\u0301".repeat(201))),
                arguments(named("101 that composing makes two of", "\u0958".repeat(101))),
                arguments(named("20,000 combining marks", "a" + "\u0301\u0316".repeat(10_000))),
                arguments(named("60,000 letters", "a".repeat(60_000))),
                arguments(named("none", "")),
                arguments(named("spaces", "   ")),
                arguments(named("no-break spaces", "\u00a0\u2007\u202f")));
    }

    @ParameterizedTest
    @MethodSource("wrongLengths")
    void of_no_or_more_than_200_code_points_are_refused(String sent) {
        var countBefore = StoredContact.count(SERVER);
        var before = Instant.now();

        var answer = HOTEL.postContact(newPhone(), sent);

        assertThat(answer.sentences()).containsExactly("name must be 1 to 200 characters long");
        assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"Ahmed\\u0000\"",
                "\"\\u0000Ahmed\"",
                "\"Ahmed\\nAli\"",
                "\"Ahmed\\tAli\"",
                "\"Ahmed\\u001b[2J\"",
                "\"\\u001cAhmed\"",
                "\"Ahmed\\u007f\"",
                "\"Ahmed\\u0085Ali\"",
                "\"Ahmed\\u009f\"",
                "\"\\ud800\"",
                "\"Ahmed\\ud800 Ali\"",
                "\"Ahmed\\udc00\"",
                "\"\\udc00\\ud800\"",
                "\"\\ud83d\\ude00\\ud83d\""
            })
    void with_control_characters_or_unpaired_surrogates_are_refused(String sent) {
        var countBefore = StoredContact.count(SERVER);

        var answer = postName(newPhone(), sent);

        assertThat(answer.sentences())
                .containsExactly("name must not contain control characters or unpaired surrogates");
        assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
    }

    static Stream<Arguments> invisible() {
        return Stream.of(
                        "\u200f",
                        "\u3164",
                        "\u2800",
                        "\u200e\u200f",
                        "\u00ad",
                        "\u200b\u00a0\u200b",
                        "\u2060 \u2063",
                        "\u115f\u1160",
                        "\uffa0",
                        "\u0301",
                        "\u064b\u0651",
                        "\u20dd",
                        "\u034f",
                        "\ufe0f",
                        "\u0903",
                        "\u061c",
                        "\u202a\u202c",
                        "\u2067\u2069",
                        "\ufff3",
                        Character.toString(0xE0020),
                        Character.toString(0xE0100),
                        Character.toString(0x1D173),
                        Character.toString(0x13441),
                        " \u2800 \u3164 ",
                        "\u200f".repeat(200))
                .map(text -> arguments(named(
                        text.codePoints()
                                        .limit(4)
                                        .mapToObj(Integer::toHexString)
                                        .toList() + "",
                        text)));
    }

    @ParameterizedTest
    @MethodSource("invisible")
    void without_a_visible_character_are_refused(String sent) {
        assertThat(HOTEL.postContact(newPhone(), sent).sentences())
                .containsExactly("name must contain at least one visible character");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u202aAhmed",
                "\u202bAhmed",
                "\u202dAhmed",
                "Ahmed\u202eilA",
                "\u2066Ahmed",
                "\u2067Ahmed",
                "\u2068Ahmed",
                "\u202eAhmed\u2069",
                "\u2067Ahmed\u202c",
                "\u202b\u202bAhmed\u202c",
                "\u202b\u2067Ahmed\u202c\u2069",
                "\u202cAhmed\u202b",
                "\u202aAhmed\u202c\u2067"
            })
    void with_an_unclosed_bidi_control_are_refused(String sent) {
        assertThat(HOTEL.postContact(newPhone(), sent).sentences())
                .containsExactly("name must end each embedding, override and isolate of text direction that it begins"
                        + " (U+202A, U+202B, U+202D, U+202E, U+2066, U+2067, U+2068)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u202bAhmed\u202c",
                "\u2068\u202eAhmed\u202c\u2069 Ali",
                "\u2067\u202bAhmed\u2069", // the isolate's end ends what is in it
                "Ahmed\u202c\u2069",
                "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
                "\ud83d\udc69\u200d\ud83d\udcbb",
                "\u200fAhmed\u061c",
                "\u0627\u064e",
                "\ud55c\u3164"
            })
    void with_other_invisible_characters_are_kept(String sent) {
        var answer = HOTEL.postContact(newPhone(), sent);

        assertThat(answer.data().get("name").asString()).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "1.5", "true", "{}", "[]", "[\"Ahmed Ali\"]"})
    void that_are_no_string_are_refused(String sent) {
        var answer = postName(newPhone(), sent);

        assertThat(answer.sentences()).containsExactly("name must be a string");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"phone\":\"+966500000000\",\"name\":null}", "{\"phone\":\"+966500000000\"}"})
    void are_required_also_when_the_contact_is_known(String body) {
        HOTEL.postContact("+966500000000", "Ahmed Ali");

        var answer = HOTEL.postContact(body);

        assertThat(answer.sentences()).containsExactly("name must be a string; it is required");
    }
}
