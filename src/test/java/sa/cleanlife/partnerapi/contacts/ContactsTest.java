package sa.cleanlife.partnerapi.contacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static sa.cleanlife.partnerapi.testing.RunningApi.newPhone;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.StoredContact;
import sa.cleanlife.partnerapi.testing.TestPartner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Contacts, through the front door. */
class ContactsTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();
    private static final TestPartner OTHER_HOTEL = SERVER.newPartner();

    private static final String WRONG_PHONE =
            "phone must be a valid phone number in international form, for example +966500000000";

    static {
        // Decoys, which a wrong lookup could find.
        HOTEL.postContact("+966500000009", "Decoy One");
        HOTEL.postContact("+966509000000", "Decoy Two");
    }

    private static String data(String id, String name, String phone, boolean isNewContact) {
        return """
                {"id":"%s","name":"%s","phone":"%s","isNewContact":%s}""".formatted(id, name, phone, isNewContact);
    }

    private static JsonNode json(String text) {
        return new JsonMapper().readTree(text);
    }

    private static Answer postPhone(String phoneAsJson) {
        return HOTEL.postContact("""
                {"phone":%s,"name":"Ahmed Ali"}""".formatted(phoneAsJson));
    }

    private static Answer postName(String phone, String nameAsJson) {
        return HOTEL.postContact("""
                {"phone":"%s","name":%s}""".formatted(phone, nameAsJson));
    }

    private static Answer postUtmSource(String phone, String utmSourceAsJson) {
        return HOTEL.postContact("""
                {"phone":"%s","name":"Ahmed Ali","utmSource":%s}""".formatted(phone, utmSourceAsJson));
    }

    @Nested
    class Finding_or_creating_by_phone {
        @Test
        void creates_the_contact_when_the_phone_is_new() {
            var phone = newPhone();

            var answer = HOTEL.postContact(phone, "Ahmed Ali");

            assertThat(answer.data()).isEqualTo(json(data(answer.id(), "Ahmed Ali", phone, true)));
            assertThat(UUID.fromString(answer.id()).version()).isEqualTo(4);
        }

        @Test
        void returns_the_stored_name_when_the_phone_is_known() {
            var phone = newPhone();
            HOTEL.postContact(newPhone(), "Decoy Before");
            var stored = HOTEL.postContact(phone, "Ahmed Ali");
            HOTEL.postContact(newPhone(), "Decoy After");

            var answer = HOTEL.postContact(phone, "Somebody Else");

            assertThat(answer.data()).isEqualTo(json(data(stored.id(), "Ahmed Ali", phone, false)));
        }

        @Test
        void leaves_a_found_contact_as_it_was_stored() {
            var phone = newPhone();
            HOTEL.postContact("""
                    {"phone":"%s","name":"Ahmed Ali","utmSource":"HOTEL_APP"}""".formatted(phone));
            var before = StoredContact.withPhone(SERVER, phone);

            OTHER_HOTEL.postContact("""
                    {"phone":"%s","name":"Somebody Else","utmSource":"ELSEWHERE"}""".formatted(phone));

            assertThat(StoredContact.withPhone(SERVER, phone)).isEqualTo(before);
            assertThat(before.name()).isEqualTo("Ahmed Ali");
            assertThat(before.utmSource()).isEqualTo("HOTEL_APP");
        }

        @Test
        void returns_the_same_contact_to_every_partner() {
            var phone = newPhone();
            var first = HOTEL.postContact(phone, "Ahmed Ali");

            var second = OTHER_HOTEL.postContact(phone, "Somebody Else");

            assertThat(second.data()).isEqualTo(json(data(first.id(), "Ahmed Ali", phone, false)));
        }

        @Test
        void records_who_created_the_contact_and_when() {
            var phone = newPhone();
            var before = Instant.now();
            OTHER_HOTEL.postContact(newPhone(), "Decoy");

            var answer = HOTEL.postContact(phone, "Ahmed Ali");

            var stored = StoredContact.withPhone(SERVER, phone);
            assertThat(stored.id()).hasToString(answer.id());
            assertThat(stored.createdBy()).isEqualTo(HOTEL.name());
            assertThat(stored.createdByKey()).isEqualTo(HOTEL.keyId());
            assertThat(stored.createdAt()).isBetween(before.minusMillis(1), Instant.now());
        }

        @Test
        void may_be_repeated() {
            var phone = newPhone();
            var countBefore = StoredContact.count(SERVER);

            var answers =
                    Stream.generate(() -> HOTEL.postContact(phone, "Ahmed Ali")).limit(3);

            var distinctIds = new HashSet<String>();
            assertThat(answers.peek(answer -> distinctIds.add(answer.id())).map(Answer::isNewContact))
                    .containsExactly(true, false, false);
            assertThat(distinctIds).hasSize(1);
            assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore + 1);
        }

        @Test
        void keeps_phones_that_differ_in_one_digit_apart() {
            var one = HOTEL.postContact("+966591111111", "Ahmed Ali");

            var other = HOTEL.postContact("+966591111112", "Somebody Else");

            assertThat(other.isNewContact()).isTrue();
            assertThat(other.id()).isNotEqualTo(one.id());
            assertThat(other.data().get("name").asString()).isEqualTo("Somebody Else");
        }

        @Test
        void ignores_fields_that_it_does_not_know() {
            var phone = newPhone();

            var answer = HOTEL.postContact("""
                    {"id":"3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60","phone":"%s","Phone":"+966500000009","name":"Ahmed Ali",
                     "isNewContact":"no","roomNumber":412,"guest":{"phone":"+966500000009","tags":[null,{}]}}
                    """.formatted(phone));

            assertThat(answer.data()).isEqualTo(json(data(answer.id(), "Ahmed Ali", phone, true)));
            assertThat(answer.id()).isNotEqualTo("3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60");
        }
    }

    @Nested
    class Phones {
        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                "+966500000000"                           | +966500000000
                "+966-50-000-0000"                        | +966500000000
                "+966.50.000.0000"                        | +966500000000
                "+966(0)500000000"                        | +966500000000
                "+9660500000000"                          | +966500000000
                "+\\u0669\\u0666\\u0666\\u0665\\u0660\\u0660\\u0660\\u0660\\u0660\\u0660\\u0660\\u0660" | +966500000000
                "+\\u06f9\\u06f6\\u06f6\\u06f5\\u06f0\\u06f0\\u06f0\\u06f0\\u06f0\\u06f0\\u06f0\\u06f0" | +966500000000
                "\\uff0b\\uff19\\uff16\\uff16\\uff1500000000" | +966500000000
                "\\u200e+966500000000"                    | +966500000000
                "\\u202a+966500000000\\u202c"             | +966500000000
                "+966\\u200b50\\ufeff0000000"             | +966500000000
                "\\u002b966500000000"                     | +966500000000
                "+966529339123"                           | +966529339123
                "+966112345678"                           | +966112345678
                "+966920012345"                           | +966920012345
                "+9668001234567"                          | +9668001234567
                """)
        void are_returned_in_e164_form(String sent, String answered) {
            var answer = postPhone(sent);

            assertThat(answer.data().get("phone").asString()).isEqualTo(answered);
            assertThat(StoredContact.withPhone(SERVER, answered).id()).hasToString(answer.id());
        }

        @Test
        void are_one_contact_however_they_are_written() {
            var spellings = List.of(
                    "+966592222222",
                    "+966-59-222-2222",
                    "+966(0)592222222",
                    "+9660592222222",
                    "+٩٦٦٥٩٢٢٢٢٢٢٢",
                    "+۹۶۶۵۹۲۲۲۲۲۲۲",
                    "＋９６６５９２２２２２２２",
                    "\u200e+966592222222");
            var countBefore = StoredContact.count(SERVER);

            var answers = spellings.stream()
                    .map(spelling -> HOTEL.postContact(spelling, "Ahmed Ali"))
                    .toList();

            assertThat(answers.stream().map(Answer::isNewContact))
                    .containsExactly(true, false, false, false, false, false, false, false);
            assertThat(answers.stream().map(Answer::id).distinct()).hasSize(1);
            assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore + 1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"0500000000\"",
                    "\"966500000000\"",
                    "\"00966500000000\"",
                    "\"+966 500000000\"",
                    "\"+966 50 000 0000\"",
                    "\" +966500000000\"",
                    "\"+966500000000\\n\"",
                    "\"+966500000000\\u00a0\"",
                    "\"+966\\u2003500000000\"",
                    "\"966500000000.0\"",
                    "\"'+966500000000\"",
                    "\"tel:+966500000000\"",
                    "\"p:+966500000000\"",
                    "\"966500000000@c.us\"",
                    "\"+966966500000000\"",
                    "\"+966\\u201150\\u2013000\\u20130000\""
                })
        void in_another_saudi_form_are_refused_with_the_form_to_send(String sent) {
            var countBefore = StoredContact.count(SERVER);

            var answer = postPhone(sent);

            assertThat(answer.sentences())
                    .containsExactly("phone must be a valid phone number in international form; send +966500000000");
            assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"+96650000000\"",
                    "\"+9665000000000\"",
                    "\"+966100000000\"",
                    "\"+966911\"",
                    "\"++966500000000\"",
                    "\"+96650FLOWERS\"",
                    "\"+966500000000x12\"",
                    "\"+966500000000,+966500000001\"",
                    "\"+966500000000\\u0000\"",
                    "\"+96650000000\\ud800\"",
                    "\"+966\\ud83d\\udfce00000000\"",
                    "\"abc\"",
                    "\"+966\"",
                    "\"+\"",
                    "\" \"",
                    "\"\""
                })
        void of_any_other_form_are_refused(String sent) {
            var countBefore = StoredContact.count(SERVER);

            var answer = postPhone(sent);

            assertThat(answer.sentences()).containsExactly(WRONG_PHONE);
            assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"+14155550100\"", "\"+971501234567\"", "\"00971501234567\""})
        void of_another_country_are_refused_with_that_reason(String sent) {
            assertThat(postPhone(sent).sentences())
                    .containsExactly("phone must be a valid phone number in international form and a Saudi one,"
                            + " for example +966500000000; this is a number of another country");
        }

        @ParameterizedTest
        @ValueSource(strings = {"5", "966500000000", "{}", "[]", "[\"+966500000000\"]", "true", "1e99999"})
        void that_are_no_string_are_refused(String sent) {
            var answer = postPhone(sent);

            assertThat(answer.sentences()).containsExactly("phone must be a string", WRONG_PHONE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"phone\":null,\"name\":\"Ahmed Ali\"}", "{\"name\":\"Ahmed Ali\"}"})
        void are_required(String body) {
            var answer = HOTEL.postContact(body);

            assertThat(answer.sentences()).containsExactly(WRONG_PHONE + "; it is required");
        }

        @Test
        void have_at_most_64_characters_as_sent() {
            var longest = "+966" + "-".repeat(51) + "500000000";

            var accepted = HOTEL.postContact(longest, "Ahmed Ali");
            var refused = HOTEL.postContact("\u200e" + longest, "Ahmed Ali");

            assertThat(accepted.data().get("phone").asString()).isEqualTo("+966500000000");
            assertThat(refused.sentences()).containsExactly(WRONG_PHONE);
        }
    }

    @Nested
    class Names {
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
            var name = json(kept).asString();

            var answer = postName(phone, sent);

            assertThat(answer.data().get("name").asString()).isEqualTo(name);
            assertThat(StoredContact.withPhone(SERVER, phone).name()).isEqualTo(name);
            assertThat(HOTEL.getContact(answer.id()).data().get("name").asString())
                    .isEqualTo(name);
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
                    .containsExactly(
                            "name must end each embedding, override and isolate of text direction that it begins"
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

    @Nested
    class Utm_sources {
        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                "HOTEL_APP"             | HOTEL_APP
                "  hotel app\\u00a0"    | hotel app
                null                    | PARTNER
                ""                      | PARTNER
                " \\n\\u00a0"           | PARTNER
                """)
        void are_stored_stripped_or_as_partner_when_blank(String sent, String stored) {
            var phone = newPhone();

            postUtmSource(phone, sent).data();

            assertThat(StoredContact.withPhone(SERVER, phone).utmSource()).isEqualTo(stored);
        }

        @Test
        void are_partner_when_absent() {
            var phone = newPhone();

            HOTEL.postContact(phone, "Ahmed Ali").data();

            assertThat(StoredContact.withPhone(SERVER, phone).utmSource()).isEqualTo("PARTNER");
        }

        @ParameterizedTest
        @ValueSource(strings = {"a", "😀"})
        void have_at_most_100_code_points(String character) {
            var phone = newPhone();

            var accepted = postUtmSource(phone, "\" " + character.repeat(100) + " \"");
            var refused = postUtmSource(newPhone(), "\"" + character.repeat(101) + "\"");

            assertThat(accepted.isNewContact()).isTrue();
            assertThat(StoredContact.withPhone(SERVER, phone).utmSource()).isEqualTo(character.repeat(100));
            assertThat(refused.sentences()).containsExactly("utmSource must be at most 100 characters long");
        }

        @ParameterizedTest
        @ValueSource(strings = {"5", "false", "{}", "[\"HOTEL_APP\"]"})
        void that_are_no_string_are_refused(String sent) {
            var answer = postUtmSource(newPhone(), sent);

            assertThat(answer.sentences()).containsExactly("utmSource must be a string");
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"a\\u0000\"", "\"a\\nb\"", "\"\\u0085a\\u009f\"", "\"\\ud800\"", "\"\\udc00a\""})
        void with_control_characters_or_unpaired_surrogates_are_refused(String sent) {
            var countBefore = StoredContact.count(SERVER);

            var answer = postUtmSource(newPhone(), sent);

            assertThat(answer.sentences())
                    .containsExactly("utmSource must not contain control characters or unpaired surrogates");
            assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
        }
    }

    @Nested
    class A_field_of_nearly_the_right_name {
        @ParameterizedTest
        @CsvSource({
            "Name",
            "NAME",
            "name_",
            "nmae",
            "naem",
            "nam",
            "names",
            "fullName",
            "full_name",
            "customer-name",
            "nameOfCustomer"
        })
        void is_named_when_the_name_is_missing(String sent) {
            assertThat(HOTEL.postContact("{\"phone\":\"+966500000000\",\"%s\":\"Ahmed Ali\"}".formatted(sent))
                            .sentences())
                    .containsExactly("name must be a string; it is required; send %s as name".formatted(sent));
        }

        @ParameterizedTest
        @CsvSource({"phone_number", "phoneNumber", "Phone", "PHONE", "mobilePhone", "phon", "phnoe", "telephone"})
        void is_named_when_the_phone_is_missing(String sent) {
            assertThat(HOTEL.postContact("{\"%s\":\"+966500000000\",\"name\":\"Ahmed Ali\"}".formatted(sent))
                            .sentences())
                    .containsExactly(WRONG_PHONE + "; it is required; send %s as phone".formatted(sent));
        }

        @Test
        void is_the_nearest_of_several() {
            assertThat(HOTEL.postContact(
                                    "{\"first_name\":\"A\",\"nam\":\"A\",\"phone\":\"+966500000000\",\"Name\":\"A\"}")
                            .sentences())
                    .containsExactly("name must be a string; it is required; send Name as name");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                {"phone":"+966500000000","customer":"A"}
                {"phone":"+966500000000","utmSource":"A"}
                {"phone":"+966500000000","\\u0000name":"A","\\u0646ame":"A"}
                {"phone":"+966500000000","na":"A","n":"A","":"A"}
                """)
        void is_not_seen_in_any_other(String body) {
            assertThat(HOTEL.postContact(body).sentences()).containsExactly("name must be a string; it is required");
        }

        @Test
        void is_ignored_when_nothing_is_missing() {
            var answer =
                    HOTEL.postContact("{\"phone\":\"%s\",\"name\":\"Ahmed Ali\",\"Name\":\"B\",\"utm_source\":\"C\"}"
                            .formatted(newPhone()));

            assertThat(answer.data().get("name").asString()).isEqualTo("Ahmed Ali");
        }
    }

    @Nested
    class All_faults_at_once {
        @Test
        void are_reported_in_the_order_of_the_fields_and_by_field() {
            var answer = HOTEL.postContact("""
                    {"utmSource":5,"phone":"0500000000"}""");

            assertThat(answer.error(400, "VALIDATION_ERROR").get("details")).isEqualTo(json("""
                    {
                      "statusCode": 400,
                      "error": "Bad Request",
                      "message": [
                        "phone must be a valid phone number in international form; send +966500000000",
                        "name must be a string; it is required",
                        "utmSource must be a string"
                      ],
                      "fields": {
                        "phone": ["phone must be a valid phone number in international form; send +966500000000"],
                        "name": ["name must be a string; it is required"],
                        "utmSource": ["utmSource must be a string"]
                      }
                    }
                    """));
        }

        @Test
        void are_reported_for_an_empty_object() {
            var answer = HOTEL.postContact("{}");

            assertThat(answer.sentences())
                    .containsExactly(WRONG_PHONE + "; it is required", "name must be a string; it is required");
        }

        @Test
        void include_two_of_one_field() {
            var answer = postName("+966500000000", "\"" + "\\u0001".repeat(201) + "\"");

            assertThat(answer.error(400, "VALIDATION_ERROR").get("details").get("fields"))
                    .isEqualTo(json("""
                            {"name":["name must be 1 to 200 characters long",
                                     "name must not contain control characters or unpaired surrogates"]}
                            """));
        }

        @Test
        void include_the_content_type() {
            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS)
                    .header("content-type", "text/plain")
                    .POST(BodyPublishers.ofString("{\"phone\":\"abc\",\"name\":\"Ahmed Ali\"}")));

            assertThat(answer.sentences()).containsExactly("content-type must be application/json", WRONG_PHONE);
        }
    }

    @Nested
    class Reading_by_id {
        @Test
        void answers_the_contact_as_it_was_stored() {
            var phone = newPhone();
            HOTEL.postContact(newPhone(), "Decoy Before");
            var stored = HOTEL.postContact(phone, "Ahmed Ali");
            HOTEL.postContact(newPhone(), "Decoy After");

            var answer = OTHER_HOTEL.getContact(stored.id());

            assertThat(answer.data()).isEqualTo(json(data(stored.id(), "Ahmed Ali", phone, false)));
        }

        @Test
        void takes_the_id_in_upper_case() {
            var stored = HOTEL.postContact(newPhone(), "Ahmed Ali");

            var answer = HOTEL.getContact(stored.id().toUpperCase(Locale.ROOT));

            assertThat(answer.id()).isEqualTo(stored.id());
        }

        @Test
        void ignores_a_body() {
            var stored = HOTEL.postContact(newPhone(), "Ahmed Ali");

            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS + "/" + stored.id())
                    .method("GET", BodyPublishers.ofString("no JSON")));

            assertThat(answer.id()).isEqualTo(stored.id());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60",
                    "00000000-0000-0000-0000-000000000000",
                    "ffffffff-ffff-ffff-ffff-ffffffffffff",
                    "01890a5d-ac96-774b-bcce-b302099a8057"
                })
        void answers_404_for_an_unknown_contact(String id) {
            var answer = HOTEL.getContact(id);

            assertThat(answer.error(404, "RESOURCE_NOT_FOUND").get("message").asString())
                    .isEqualTo("There is no contact with this id.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "abc",
                    "1",
                    "1-1-1-1-1",
                    "3f0c6a527d0e4b8e9a415c2f7b1d9e60",
                    "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e6",
                    "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e600",
                    "g f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60",
                    "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e6g",
                    "{3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60}",
                    "urn:uuid:3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60",
                    "%zz",
                    "+966500000000",
                    "٣f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60"
                })
        void refuses_an_id_that_is_no_uuid(String id) {
            var encoded = URLEncoder.encode(id, UTF_8);

            var answer = HOTEL.getContact(encoded);

            assertThat(answer.sentences()).containsExactly("contactId must be a UUID");
        }
    }
}
