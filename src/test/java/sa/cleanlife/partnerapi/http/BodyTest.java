package sa.cleanlife.partnerapi.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static sa.cleanlife.partnerapi.testing.RunningApi.newPhone;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.Charset;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.StoredContact;
import sa.cleanlife.partnerapi.testing.TestPartner;

/** What a request's body must be before its fields are read. */
class BodyTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();
    private static final int MAX_BYTES = 64 * 1024;
    private static final String NOT_IDENTITY =
            "content-encoding must be identity or left out; send the body without compression";

    /** A valid body with this text before its closing brace. */
    private static String bodyWith(String more) {
        return """
                {"phone":"%s","name":"Ahmed Ali"%s}""".formatted(newPhone(), more);
    }

    /** A valid body of this many bytes. */
    private static String bodyOf(int bytes) {
        var withoutPadding = bodyWith(",\"padding\":\"\"");
        return withoutPadding.replace("\"\"", "\"" + "x".repeat(bytes - withoutPadding.length()) + "\"");
    }

    @Nested
    class Accepted {
        /** Colliding hash codes would degrade a table of names that all requests share. */
        @Test
        void has_any_names_of_unknown_fields_however_they_collide() {
            var colliding = new StringBuilder();
            for (int i = 0; i < 512; i++) {
                colliding.append(",\"");
                for (int bit = 0; bit < 9; bit++) {
                    colliding.append((i >> bit & 1) == 0 ? "aB" : "b!");
                }
                colliding.append("\":1");
            }

            assertThat(HOTEL.postContact(bodyWith(colliding.toString())).isNewContact())
                    .isTrue();
            for (int body = 0; body < 20; body++) {
                var ordinary = new StringBuilder();
                for (int field = 0; field < 500; field++) {
                    ordinary.append(",\"field_")
                            .append(body)
                            .append('_')
                            .append(field)
                            .append("\":1");
                }
                assertThat(HOTEL.postContact(bodyWith(ordinary.toString())).isNewContact())
                        .isTrue();
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "application/json",
                    "application/json; charset=utf-8",
                    "application/json;charset=UTF-8",
                    "Application/JSON ; Charset=\"utf-8\"; x=y",
                    "application/json;"
                })
        void is_application_json_with_any_parameters_in_any_case(String contentType) {
            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS)
                    .header("Content-Type", contentType)
                    .POST(BodyPublishers.ofString(bodyWith(""))));

            assertThat(answer.isNewContact()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"identity", "Identity", "identity, identity", "", ","})
        void is_of_no_content_encoding_but_identity(String encoding) {
            assertThat(HOTEL.post(TestPartner.CONTACTS, bodyWith(""), "content-encoding", encoding)
                            .isNewContact())
                    .isTrue();
        }

        @Test
        void is_one_object_with_white_space_around_it() {
            var answer = HOTEL.postContact(" \r\n\t" + bodyWith("") + " \r\n\t\n");

            assertThat(answer.isNewContact()).isTrue();
        }

        @Test
        void is_nested_32_deep() {
            var answer = HOTEL.postContact(bodyWith(",\"x\":" + "[".repeat(31) + "]".repeat(31)));

            assertThat(answer.isNewContact()).isTrue();
        }

        @Test
        void is_64_kib_long() {
            var body = bodyOf(MAX_BYTES);

            var answer = HOTEL.postContact(body);

            assertThat(body.getBytes(UTF_8)).hasSize(MAX_BYTES);
            assertThat(answer.isNewContact()).isTrue();
        }

        @Test
        void is_64_kib_long_in_chunks() {
            var body = bodyOf(MAX_BYTES).getBytes(UTF_8);

            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

            assertThat(answer.isNewContact()).isTrue();
        }

        @Test
        void has_keys_and_numbers_of_any_length() {
            var answer = HOTEL.postContact(
                    bodyWith(",\"" + "k".repeat(20_000) + "\":" + "9".repeat(20_000) + ",\"e\":1e999999999"));

            assertThat(answer.isNewContact()).isTrue();
        }

        @Test
        void repeats_a_key_in_different_objects_only() {
            var answer =
                    HOTEL.postContact(bodyWith(",\"x\":{\"name\":1,\"y\":{\"name\":1}},\"z\":[{\"a\":1},{\"a\":1}]"));

            assertThat(answer.isNewContact()).isTrue();
        }
    }

    @Nested
    class Refused {
        private long countBefore;

        @BeforeEach
        void count() {
            countBefore = StoredContact.count(SERVER);
        }

        @AfterEach
        void nothing_was_written() {
            assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "text/plain",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=x",
                    "application/jsonp",
                    "application/json+x",
                    "application/problem+json",
                    "application",
                    "application/json, text/plain",
                    "*/*",
                    "; application/json",
                    ""
                })
        void is_any_other_content_type(String contentType) {
            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS)
                    .header("Content-Type", contentType)
                    .POST(BodyPublishers.ofString(bodyWith(""))));

            assertThat(answer.sentences()).containsExactly("content-type must be application/json");
        }

        @Test
        void is_a_missing_content_type() {
            var answer =
                    TestPartner.send(HOTEL.request(TestPartner.CONTACTS).POST(BodyPublishers.ofString(bodyWith(""))));

            assertThat(answer.sentences()).containsExactly("content-type must be application/json");
        }

        @Test
        void is_a_missing_content_type_beside_a_malformed_body() {
            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS).POST(BodyPublishers.noBody()));

            assertThat(answer.sentences())
                    .containsExactly(
                            "content-type must be application/json", "body must be one JSON object; it is empty");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\r\n\t"})
        void is_empty(String body) {
            assertThat(HOTEL.postContact(body).sentences())
                    .containsExactly("body must be one JSON object; it is empty");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                null        | true, false or null
                true        | true, false or null
                5           | a number
                -0.5        | a number
                "{}"        | a string
                []          | an array
                [{"phone":"+966500000000","name":"Ahmed Ali"}] | an array
                [           | an array
                """)
        void is_json_that_is_no_object(String body, String noun) {
            assertThat(HOTEL.postContact(body).sentences())
                    .containsExactly("body must be one JSON object; it is " + noun + " at line 1, column 1");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                {}{}                             | 1 | 3
                {} {}                            | 1 | 4
                {"a":1},                         | 1 | 8
                {"phone":"+966500000000","name":"Ahmed Ali"}\t[] | 1 | 46
                `{"phone":"+966500000000","name":"Ahmed Ali"}\n\nnull` | 3 | 1
                """)
        void has_something_after_the_object(String body, int line, int column) {
            assertThat(HOTEL.postContact(body).sentences())
                    .singleElement()
                    .satisfies(sentence -> assertThat(sentence)
                            .startsWith("body must be one JSON object; ")
                            .endsWith(" at line %d, column %d".formatted(line, column)));
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                {                                       | 1 | 2
                }                                       | 1 | 1
                abc                                     | 1 | 1
                {"phone":"+966500000000","name":}       | 1 | 33
                {"phone":"+966500000000",}              | 1 | 26
                {"phone":"+966500000000" "name":"A"}    | 1 | 26
                {"phone"                                | 1 | 9
                {"phone":"+9665                         | 1 | 16
                {"x":[1,2                               | 1 | 10
                {'phone':1}                             | 1 | 2
                {phone:1}                               | 1 | 2
                {"x":"\\x"}                             | 1 | 8
                {"x":"\\ud8"}                           | 1 | 11
                {"x":"\\u004\u0130"}                     | 1 | 12
                {"x":"\\\\\\u\u06640"}                    | 1 | 11
                {/* phone */}                           | 1 | 2
                `\n\n  {"phone":\n"x",,}`               | 4 | 5
                """)
        void is_malformed_at_a_reported_place(String body, int line, int column) {
            assertThat(HOTEL.postContact(body).sentences())
                    .containsExactly("body must be one JSON object; it is malformed at line %d, column %d"
                            .formatted(line, column));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"x\":01}",
                    "{\"x\":+1}",
                    "{\"x\":.5}",
                    "{\"x\":NaN}",
                    "{\"x\":Infinity}",
                    "{\"x\":0x10}",
                    "{\"x\":undefined}",
                    "{\"x\":\"\n\"}",
                    "{\"x\":\"\u0000\"}",
                    "{}\u0000",
                    "\u0000"
                })
        void is_what_other_json_readers_forgive(String body) {
            assertThat(HOTEL.postContact(body).sentences())
                    .singleElement()
                    .satisfies(sentence ->
                            assertThat(sentence).startsWith("body must be one JSON object; it is malformed at line "));
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                {"phone":"+966500000000","name":"A","name":"B"}       | 43
                {"phone":"+966500000000","name":"A","n\\u0061me":"A"} | 48
                {"phone":"+966500000000","phone":5}                   | 33
                {"x":{"a":1,"a":2},"name":"A"}                        | 16
                {"x":[[{"a":1,"b":2,"a":2}]]}                         | 24
                """)
        void repeats_a_key(String body, int column) {
            assertThat(HOTEL.postContact(body).sentences())
                    .containsExactly(
                            "body must be one JSON object; it repeats a key at line 1, column %d".formatted(column));
        }

        static final List<Arguments> TOO_DEEP = List.of(
                arguments(named("33 deep", ",\"x\":" + "[".repeat(32) + "]".repeat(32))),
                arguments(named("33 objects deep", ",\"x\":" + "{\"x\":".repeat(31) + "{}" + "}".repeat(31))),
                arguments(named("2,000 arrays deep", ",\"x\":" + "[".repeat(2_000) + "]".repeat(2_000))),
                arguments(named("2,000 arrays without an end", ",\"x\":" + "[".repeat(2_000))));

        @ParameterizedTest
        @FieldSource("TOO_DEEP")
        void is_nested_deeper_than_32(String more) {
            assertThat(HOTEL.postContact(bodyWith(more)).sentences())
                    .containsExactly("body must not be nested deeper than 32");
        }

        @Test
        void is_2000_nested_arrays_alone() {
            assertThat(HOTEL.postContact("[".repeat(2_000)).status()).isEqualTo(400);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                overlong plus sign              | {"phone":"\u00c0\u00ab"}           | 10
                overlong NUL                    | {"phone":"\u00c0\u0080"}           | 10
                encoded surrogate               | {"phone":"\u00ed\u00a0\u0080"}     | 10
                encoded pair of surrogates      | {"x":"\u00ed\u00a0\u00bd\u00ed\u00b8\u0080"} | 6
                truncated by the quote          | {"x":"\u00c3\u00a9\u00e2\u0082"}   | 8
                truncated by the end            | {"x":"\u00f0\u009f\u0098           | 6
                beyond U+10FFFF                 | {"x":"\u00f4\u0090\u0080\u0080"}   | 6
                a lone continuation in a key    | {"x\u0080":1}                      | 3
                never a byte of UTF-8           | \u00ff                             | 0
                after the object                | {}\u00ff                           | 2
                Latin-1                         | {"name":"Jos\u00e9"}               | 12
                """)
        void is_not_utf8_at_a_reported_place(String what, String bytes, int offset) {
            assertThat(HOTEL.postBody(bytes.getBytes(ISO_8859_1)).sentences())
                    .as(what)
                    .containsExactly("body must be UTF-8; the byte at offset %d is not".formatted(offset));
        }

        @ParameterizedTest
        @ValueSource(strings = {"UTF-16", "X-UTF-16LE-BOM", "X-UTF-32LE-BOM", "X-UTF-32BE-BOM"})
        void begins_with_the_byte_order_mark_of_another_encoding(String encoding) {
            assertThat(HOTEL.postBody(bodyWith("").getBytes(Charset.forName(encoding)))
                            .sentences())
                    .containsExactly("body must be UTF-8; it begins with a byte order mark of UTF-16 or UTF-32");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"\ufeff{}", "\ufeff", "\ufeff\ufeff{}", "\ufeff{\"phone\":\"+966500000000\",\"name\":\"A\"}"
                })
        void begins_with_a_byte_order_mark(String body) {
            assertThat(HOTEL.postContact(body).sentences())
                    .containsExactly(
                            "body must be one JSON object; it begins with a byte order mark (U+FEFF), which must be left out");
        }

        @Test
        void has_a_byte_order_mark_elsewhere_than_at_its_beginning() {
            assertThat(HOTEL.postContact(" \ufeff{}").sentences())
                    .containsExactly("body must be one JSON object; it is malformed at line 1, column 2");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "gzip",
                    "GZIP",
                    "br",
                    "deflate",
                    "zstd",
                    "x-gzip",
                    "aes128gcm",
                    "identity, gzip",
                    "gzip;q=1",
                    "*"
                })
        void has_a_content_encoding(String encoding) {
            assertThat(HOTEL.post(TestPartner.CONTACTS, bodyWith(""), "content-encoding", encoding)
                            .sentences())
                    .containsExactly(NOT_IDENTITY);
        }

        @Test
        void is_encoded_in_a_second_line_of_the_header() {
            assertThat(HOTEL.post(
                                    TestPartner.CONTACTS,
                                    bodyWith(""),
                                    "content-encoding",
                                    "identity",
                                    "content-encoding",
                                    "gzip")
                            .sentences())
                    .containsExactly(NOT_IDENTITY);
        }

        @Test
        void is_compressed() throws IOException {
            var compressed = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(compressed)) {
                gzip.write(bodyWith("").getBytes(UTF_8));
            }

            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS)
                    .headers("Content-Type", "text/plain", "Content-Encoding", "gzip")
                    .POST(BodyPublishers.ofByteArray(compressed.toByteArray())));

            assertThat(answer.sentences()).containsExactly("content-type must be application/json", NOT_IDENTITY);
        }

        @Test
        void is_one_byte_over_64_kib() {
            var answer = HOTEL.postContact(bodyOf(MAX_BYTES + 1));

            answer.error(413, "PAYLOAD_TOO_LARGE");
        }

        @Test
        void is_one_byte_over_64_kib_in_chunks() {
            var body = bodyOf(MAX_BYTES + 1).getBytes(UTF_8);

            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

            answer.error(413, "PAYLOAD_TOO_LARGE");
        }

        @ParameterizedTest
        @ValueSource(ints = {70_000, 1_000_000})
        void has_a_name_too_long_for_any_body(int length) {
            var answer = HOTEL.postContact(newPhone(), "a".repeat(length));

            answer.error(413, "PAYLOAD_TOO_LARGE");
        }

        @Test
        void is_too_large_whatever_its_content_type() {
            var answer = TestPartner.send(
                    HOTEL.request(TestPartner.CONTACTS).POST(BodyPublishers.ofByteArray(new byte[MAX_BYTES + 1])));

            answer.error(413, "PAYLOAD_TOO_LARGE");
        }
    }
}
