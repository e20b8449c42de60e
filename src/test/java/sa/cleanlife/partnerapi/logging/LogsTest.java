package sa.cleanlife.partnerapi.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.RawHttp;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the log says about a request: the caller, the operation and the duration, but never personal data. */
class LogsTest {
    /** Marker values, unique to this test, at every place of a request that can hold something secret. */
    private static final String PHONE = "+966561827364";

    private static final String PHONE_DIGITS = "561827364";
    private static final String NAME = "Zuhairqx";
    private static final String QUERY = "qumarkqx";
    private static final String BODY = "bomarkqx";
    private static final String HEADER = "hemarkqx";
    private static final String GOOD_BODY =
            "{\"phone\":\"%s\",\"name\":\"%s\",\"x\":\"%s\"}".formatted(PHONE, NAME, BODY);

    private static RunningApi server;
    private static TestPartner hotel;

    private final CapturedLog log = CapturedLog.open();

    @BeforeAll
    static void start() {
        server = RunningApi.start(TestPostgres.newDatabase(), Clock.systemUTC());
        hotel = server.newPartner();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close_log() {
        log.close();
    }

    private List<JsonNode> requestLines() {
        return log.json().stream()
                .map(line -> new JsonMapper().readTree(line))
                .filter(line -> line.get("logger").asString().equals("access"))
                .toList();
    }

    /** A line may be written just after its response. */
    private List<JsonNode> requestLines(int expected) {
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (requestLines().size() < expected && System.nanoTime() < deadline) {
            pause(10);
        }
        pause(50);
        return requestLines();
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String request(String line, String headers, String body) {
        return line + "\r\nHost: x\r\nConnection: close\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    private static String post(String key, String body) {
        return request(
                "POST /v1/partners/contacts HTTP/1.1",
                "Content-Type: application/json\r\nx-api-key: " + key + "\r\n",
                body);
    }

    record Case(String what, int status, String request) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Stream<Case> cases() {
        var key = hotel.key();
        var withKey = "x-api-key: " + key + "\r\n";
        var json = "Content-Type: application/json\r\n";
        var path = "/v1/partners/contacts";
        var query = "?phone=%2B966561827364&name=" + NAME + "&q=" + QUERY;
        return Stream.of(
                new Case("a good request", 200, post(key, GOOD_BODY)),
                new Case("a refused phone", 400, post(key, GOOD_BODY.replace("+966", "00966"))),
                new Case("a refused name", 400, post(key, GOOD_BODY.replace(NAME, NAME + "\\u0000"))),
                new Case("a malformed body", 400, post(key, GOOD_BODY.replace("}", ""))),
                new Case("a body that is no JSON", 400, post(key, PHONE + NAME + BODY)),
                new Case("a repeated key in the body", 400, post(key, GOOD_BODY.replace("\"x\"", "\"phone\""))),
                new Case("a body nested too deeply", 400, post(key, "[\"" + PHONE + "\",".repeat(40))),
                new Case("a body that is too large", 413, post(key, GOOD_BODY + NAME.repeat(10_000))),
                new Case(
                        "a body of another type",
                        400,
                        request(
                                "POST " + path + " HTTP/1.1",
                                withKey + "Content-Type: text/" + HEADER + "\r\n",
                                GOOD_BODY)),
                new Case(
                        "an unknown contact",
                        404,
                        request("GET " + path + "/" + UUID.randomUUID() + query + " HTTP/1.1", withKey, "")),
                new Case("an id that is a phone", 400, request("GET " + path + "/" + PHONE + " HTTP/1.1", withKey, "")),
                new Case("an unknown path", 404, request("GET /v1/" + PHONE + "/" + NAME + " HTTP/1.1", withKey, "")),
                new Case("a query", 200, request("POST " + path + query + " HTTP/1.1", withKey + json, GOOD_BODY)),
                new Case(
                        "a key in the query",
                        200,
                        request("POST " + path + query + "&api_key=" + key + " HTTP/1.1", json, GOOD_BODY)),
                new Case(
                        "a malformed query",
                        401,
                        request("POST " + path + "?" + QUERY + "=%zz&api_key=" + key + " HTTP/1.1", json, GOOD_BODY)),
                new Case("a mistyped key", 401, post(key + HEADER, GOOD_BODY)),
                new Case(
                        "a key of a wrong checksum", 401, post(key.substring(0, key.length() - 4) + "0000", GOOD_BODY)),
                new Case("a phone as the key", 401, post(PHONE, GOOD_BODY)),
                new Case("a wrong method", 405, request("DELETE " + path + query + " HTTP/1.1", withKey, GOOD_BODY)),
                new Case(
                        "a phone as the method",
                        405,
                        request("P" + PHONE_DIGITS + " " + path + " HTTP/1.1", withKey, GOOD_BODY)),
                new Case(
                        "a phone as the method of an unknown path",
                        404,
                        request("P" + PHONE_DIGITS + " /" + NAME + " HTTP/1.1", withKey, "")),
                new Case(
                        "a phone as the request id",
                        404,
                        request("GET /x HTTP/1.1", "x-request-id: " + PHONE + " " + NAME + "\r\n" + withKey, "")),
                new Case(
                        "other headers",
                        200,
                        request(
                                "POST " + path + " HTTP/1.1",
                                withKey + json + "Origin: https://" + HEADER + "\r\nReferer: https://x/" + PHONE
                                        + "\r\nCookie: " + HEADER + "=" + key + "\r\nUser-Agent: " + NAME
                                        + "\r\nX-Forwarded-For: " + HEADER + "\r\nAuthorization: Bearer " + key
                                        + "\r\n",
                                GOOD_BODY)),
                new Case(
                        "a preflight",
                        403,
                        request(
                                "OPTIONS " + path + query + " HTTP/1.1",
                                "Origin: https://" + HEADER + "\r\nAccess-Control-Request-Method: " + HEADER + "\r\n",
                                "")),
                new Case(
                        "no host",
                        400,
                        ("POST " + path + query + " HTTP/1.1\r\nConnection: close\r\n" + withKey + json
                                + "Content-Length: " + GOOD_BODY.length() + "\r\n\r\n" + GOOD_BODY)),
                new Case("a malformed request line", 400, "GET /" + PHONE + " " + NAME + " " + key + "\r\n\r\n"),
                new Case(
                        "a malformed header",
                        400,
                        request("GET /" + PHONE + " HTTP/1.1", "x " + HEADER + PHONE + key + "\r\n", "")),
                new Case(
                        "a header that is too long",
                        400,
                        request("GET /" + PHONE + " HTTP/1.1", "x-long: " + (PHONE + key).repeat(500) + "\r\n", "")),
                new Case(
                        "a path that is too long",
                        400,
                        request("GET /" + (PHONE + NAME).repeat(500) + " HTTP/1.1", withKey, "")));
    }

    private static List<String> marks() {
        var secret = hotel.key().substring(hotel.key().lastIndexOf('_') + 1);
        var marks = new ArrayList<>(List.of(PHONE_DIGITS, NAME, QUERY, BODY, HEADER));
        // A shorter part could appear in a line by chance.
        for (int i = 0; i + 8 <= secret.length(); i++) {
            marks.add(secret.substring(i, i + 8));
        }
        return marks;
    }

    private void assertThatNothingSecretIsWritten() {
        assertThat(log.text()).allSatisfy(LogsTest::assertHasNoMark);
        assertThat(log.json()).allSatisfy(LogsTest::assertHasNoMark);
        assertHasNoMark(metrics());
    }

    private static void assertHasNoMark(String text) {
        assertThat(text).doesNotContainIgnoringCase(marks().toArray(String[]::new));
    }

    private static String metrics() {
        return RawHttp.send(
                server.managementUri("/").getPort(), "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    @Nested
    class A_refused_request {
        private String reasonOf(String request) {
            RawHttp.send(server.port(), request);
            var line = requestLines(1).getFirst();
            return line.get("status") + " " + line.path("reason").asString();
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                {"phone":"+966561827364"}                          | 400 name
                {"phone":"0561827364","name":" ","utmSource":5}    | 400 phone, name, utmSource
                {}                                                 | 400 phone, name
                {"phone_number":"+966561827364","name":"A"}        | 400 phone
                [                                                  | 400 body
                """)
        void has_the_names_of_the_fields_that_failed_as_its_reason(String body, String reason) {
            assertThat(reasonOf(post(hotel.key(), body))).isEqualTo(reason);
        }

        @Test
        void has_the_names_of_headers_and_of_the_request_too() {
            assertThat(reasonOf(request(
                            "POST /v1/partners/contacts HTTP/1.1",
                            "x-api-key: " + hotel.key() + "\r\nContent-Type: text/" + HEADER + "\r\nContent-Encoding: "
                                    + HEADER + "\r\n",
                            "{}")))
                    .isEqualTo("400 content-type, content-encoding");
        }

        @Test
        void has_the_name_of_the_parameter_of_its_path() {
            assertThat(reasonOf(request(
                            "GET /v1/partners/contacts/" + PHONE + " HTTP/1.1",
                            "x-api-key: " + hotel.key() + "\r\n",
                            "")))
                    .isEqualTo("400 contactId");
        }

        @Test
        void that_is_no_http_has_a_reason_too() {
            assertThat(reasonOf("GET /" + PHONE + " " + NAME + "\r\n\r\n")).isEqualTo("400 request");
        }
    }

    @Nested
    class Every_request {
        @ParameterizedTest
        @MethodSource("sa.cleanlife.partnerapi.logging.LogsTest#cases")
        void has_one_line_without_personal_data_or_keys(Case given) {
            var answer = RawHttp.send(server.port(), given.request());

            assertThat(RawHttp.statusOf(answer)).as(answer).isEqualTo(given.status());
            var lines = requestLines(1);
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst().get("status").asInt()).isEqualTo(given.status());
            assertThat(answer)
                    .containsIgnoringCase(
                            "x-request-id: " + lines.getFirst().get("requestId").asString());
            assertThatNothingSecretIsWritten();
        }

        @Test
        void has_a_line_with_the_caller_the_operation_and_the_duration() {
            TestPartner.send(hotel.contactRequest(GOOD_BODY).header("x-request-id", "mine-1"));
            TestPartner.send(hotel.request(TestPartner.CONTACTS + "/" + UUID.randomUUID())
                    .header("x-request-id", "mine-2"));

            var lines = requestLines(2);

            assertThat(lines).hasSize(2).allSatisfy(line -> {
                assertThat(line.propertyNames())
                        .containsExactly(
                                "time",
                                "level",
                                "logger",
                                "message",
                                "requestId",
                                "partner",
                                "keyId",
                                "method",
                                "route",
                                "status",
                                "durationMs");
                assertThat(Duration.between(Instant.parse(line.get("time").asString()), Instant.now()))
                        .isLessThan(Duration.ofMinutes(1));
                assertThat(line.get("partner").asString()).isEqualTo(hotel.name());
                assertThat(line.get("keyId").asString()).isEqualTo(hotel.keyId().toString());
                assertThat(line.get("durationMs").isNumber()).isTrue();
                assertThat(line.get("durationMs").asDouble()).isBetween(0.001, 20_000.0);
            });
            assertThat(lines)
                    .extracting(line -> line.get("requestId").asString())
                    .containsExactly("mine-1", "mine-2");
            assertThat(lines).extracting(line -> line.get("method").asString()).containsExactly("POST", "GET");
            assertThat(lines)
                    .extracting(line -> line.get("route").asString())
                    .containsExactly("/v1/partners/contacts", "/v1/partners/contacts/{contactId}");
            assertThat(lines).extracting(line -> line.get("status").asInt()).containsExactly(200, 404);
        }

        @Test
        void has_a_line_of_the_same_for_people() {
            TestPartner.send(hotel.contactRequest(GOOD_BODY).header("x-request-id", "mine-3"));

            requestLines(1);

            assertThat(log.text().getFirst())
                    .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO request requestId=mine-3 partner=" + hotel.name()
                            + " keyId=" + hotel.keyId()
                            + " method=POST route=/v1/partners/contacts status=200 durationMs=[0-9.E-]+\n");
        }

        @Test
        void names_no_partner_when_no_key_was_accepted() {
            hotel.withKey("nonsense").postContact(GOOD_BODY);

            assertThat(requestLines(1).getFirst().propertyNames())
                    .doesNotContain("partner", "keyId")
                    .contains("requestId", "status");
        }
    }

    @Nested
    class An_unexpected_failure {
        /** PostgreSQL's own messages quote the row, as this one does. */
        @Test
        void is_logged_with_its_class_and_place_under_the_request_id() {
            TestPostgres.execute(server.database(), """
                    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'no % %', NEW.phone, NEW.name USING DETAIL = NEW.phone; END $$;
                    CREATE TRIGGER fail BEFORE INSERT ON contact FOR EACH ROW WHEN (NEW.phone = '+966561827365')
                        EXECUTE FUNCTION fail();
                    """);

            var answer = TestPartner.send(
                    hotel.contactRequest(GOOD_BODY.replace("64\"", "65\"")).header("x-request-id", "mine-4"));

            answer.error(500, "INTERNAL_ERROR");
            assertThat(answer.body()).doesNotContain("96656182736", NAME, "Exception", "contact");
            requestLines(1);
            assertThat(log.json())
                    .filteredOn(line -> line.contains("\"ERROR\""))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("mine-4", "SQLSTATE P0001", "PgException"));
            assertThat(log.json()).allSatisfy(line -> assertThat(line).doesNotContain("96656182736", NAME));
            assertThat(log.text()).allSatisfy(line -> assertThat(line).doesNotContain("96656182736", NAME));
        }

        @Test
        void is_logged_without_its_message_and_those_of_its_causes() {
            var cause = new SQLException("(phone)=(" + PHONE + ") of " + NAME, "23505");
            var failure = new IllegalStateException("cannot store " + PHONE, cause);
            failure.addSuppressed(new IllegalArgumentException(QUERY));

            LoggerFactory.getLogger("test").error("it failed", failure);

            assertThat(log.text())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains(
                                    "ERROR it failed\n  java.lang.IllegalStateException\n    at "
                                            + LogsTest.class.getName(),
                                    "\n  java.sql.SQLException\n")
                            .endsWith("\n"));
            assertThat(log.json()).singleElement().satisfies(line -> {
                assertThat(line).hasLineCount(1);
                var exception = new JsonMapper().readTree(line).get("exception");
                assertThat(exception.get(0).asString()).isEqualTo("java.lang.IllegalStateException");
                assertThat(exception.valueStream().map(JsonNode::asString)).contains("java.sql.SQLException");
            });
            assertThatNothingSecretIsWritten();
        }

        @Test
        void is_logged_even_when_its_causes_form_a_cycle() {
            var one = new IllegalStateException(PHONE);
            one.initCause(new IllegalStateException(NAME, one));

            LoggerFactory.getLogger("test").error("it failed", one);

            assertThat(log.text()).hasSize(1);
            assertThatNothingSecretIsWritten();
        }
    }
}
