package sa.cleanlife.partnerapi.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.StoredContact;
import sa.cleanlife.partnerapi.testing.TestPartner;

/** Hostile input gets a response or a closed connection in bounded time, and does not disturb other clients. */
class HostileInputTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();

    private static final String KEY = "x-api-key: " + HOTEL.key() + "\r\n";
    private static final String POST =
            "POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nHost: test\r\n" + KEY + "Content-Type: application/json\r\n";
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String GET = "GET " + TestPartner.CONTACTS + "/abc HTTP/1.1\r\n" + KEY;
    private static final String MALFORMED = "request must be well-formed HTTP/1.1";

    /** A body that would create a contact if it were read as one. */
    private static final String BODY = "{\"phone\":\"+966598888888\",\"name\":\"Nobody\"}";

    private static final String CHUNK = "%x\r\n%s\r\n".formatted(BODY.length(), BODY);

    private long countBefore;

    @BeforeEach
    void count() {
        countBefore = StoredContact.count(SERVER);
    }

    @AfterEach
    void nothing_was_written_and_the_next_request_is_served() {
        assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
        assertServes();
    }

    /** Opens enough new connections to reach every event loop. */
    private static void assertServes() {
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(GET + "Host: test\r\n\r\n");
                assertThat(connection.answer().sentences()).containsExactly("contactId must be a UUID");
            }
        }
    }

    private static String withContentLength(String body) {
        return "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Nested
    class Malformed_http {
        static final List<Arguments> REQUESTS = List.of(
                arguments(named("every byte there is", everyByte() + "\r\n\r\n"), MALFORMED),
                arguments(named("four bytes and a line break", "\u0000\u0001\u0002\u00ff\r\n\r\n"), MALFORMED),
                arguments(named("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\r\n\r\n"), MALFORMED),
                arguments(named("a word", "hello\r\n\r\n"), MALFORMED),
                arguments(named("HTTP/0.9", "GET /docs\r\n"), MALFORMED),
                arguments(named("a request line without a version", "GET /docs \r\n\r\n"), MALFORMED),
                arguments(named("a request line of four words", "GET /a b HTTP/1.1\r\n\r\n"), MALFORMED),
                arguments(named("another protocol", "GET / RTSP/1.0 x\r\n\r\n"), MALFORMED),
                arguments(
                        named(
                                "the HTTP/2 preface",
                                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000"),
                        MALFORMED),
                arguments(named("HTTP/2.0", "GET / HTTP/2.0\r\nHost: test\r\n\r\n"), MALFORMED),
                arguments(named("HTTP/3.0", "GET / HTTP/3.0\r\nHost: test\r\n\r\n"), MALFORMED),
                arguments(named("HTTP/1.2", "GET / HTTP/1.2\r\nHost: test\r\n\r\n"), MALFORMED),
                arguments(named("no protocol's name", "GET / evil/1.1\r\nHost: test\r\n\r\n"), MALFORMED),
                arguments(
                        named("no protocol's name and a malformed header", "GET / evil/1.1\r\na b: c\r\n\r\n"),
                        MALFORMED),
                arguments(
                        named(
                                "HTTP/2.0, and a request behind it",
                                "GET / HTTP/2.0\r\n\r\n" + POST + withContentLength(BODY)),
                        MALFORMED),
                arguments(named("a method of no token characters", "G<T / HTTP/1.1\r\nHost: test\r\n\r\n"), MALFORMED),
                arguments(named("lines without carriage returns", "GET / HTTP/1.1\nHost: test\n\n"), MALFORMED),
                arguments(named("a header without a colon", GET + "Host: test\r\nhello\r\n\r\n"), MALFORMED),
                arguments(named("a header with a space in its name", GET + "Host: test\r\na b: c\r\n\r\n"), MALFORMED),
                arguments(named("a NUL in a header", GET + "Host: test\r\na: b\u0000c\r\n\r\n"), MALFORMED),
                arguments(named("a DEL in a header", GET + "Host: test\r\na: b\u007fc\r\n\r\n"), MALFORMED),
                arguments(named("a NUL in a header's name", GET + "Host: test\r\na\u0000: b\r\n\r\n"), MALFORMED),
                arguments(named("a NUL in the key", GET.strip() + "\u0000\r\nHost: test\r\n\r\n"), MALFORMED),
                arguments(
                        named("a request line of 100 kB", "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\n\r\n"),
                        "request must have a first line of at most 4096 bytes"),
                arguments(
                        named("a header of 100 kB", GET + "Host: test\r\na: " + "b".repeat(100_000) + "\r\n\r\n"),
                        "request must have headers of at most 16384 bytes in all"),
                arguments(
                        named("2,000 headers", GET + "Host: test\r\n" + "a: 1234567890\r\n".repeat(2_000) + "\r\n"),
                        "request must have headers of at most 16384 bytes in all"),
                arguments(
                        named("a key of 20 kB", "GET / HTTP/1.1\r\nx-api-key: " + "k".repeat(20_000) + "\r\n\r\n"),
                        "request must have headers of at most 16384 bytes in all"));

        private static String everyByte() {
            var bytes = new byte[256];
            IntStream.range(0, 256).forEach(i -> bytes[i] = (byte) i);
            return new String(bytes, ISO_8859_1);
        }

        @ParameterizedTest
        @FieldSource("REQUESTS")
        void is_refused_and_the_connection_ends(String request, String sentence) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(request);

                assertThat(connection.answer().sentences()).containsExactly(sentence);
                connection.assertEnds();
            }
        }

        @Test
        void after_a_good_request_does_not_spoil_its_answer() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(GET + "Host: test\r\n\r\n\u0000\u00ff\r\n\r\n");

                assertThat(connection.answer().sentences()).containsExactly("contactId must be a UUID");
                assertThat(connection.answer().sentences()).containsExactly(MALFORMED);
                connection.assertEnds();
            }
        }
    }

    @Nested
    class The_host {
        @Test
        void is_required() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(GET + "\r\n");

                assertThat(connection.answer().sentences()).containsExactly("request must have the header Host, once");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "a b", "\u00ff", "/@@:99999", "[::1", "evil.example"})
        void may_be_anything_since_it_is_not_used(String host) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(GET + "Host: " + host + "\r\n\r\n");

                var answer = connection.answer();
                assertThat(answer.sentences()).containsExactly("contactId must be a UUID");
                assertThat(answer.headers().keySet()).doesNotContain("location");
            }
        }
    }

    @Nested
    class Two_hosts {
        @Test
        void are_refused() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(GET + "Host: one\r\nHost: two\r\n\r\n");

                assertThat(connection
                                .answer()
                                .error(400, "VALIDATION_ERROR")
                                .get("details")
                                .get("fields")
                                .propertyNames())
                        .containsExactly("request");
            }
        }
    }

    @Nested
    class A_transfer_encoding {
        @ParameterizedTest
        @ValueSource(strings = {"gzip", "gzip, chunked", "identity", "chunked\r\nTransfer-Encoding: chunked"})
        void other_than_chunked_is_refused_and_the_rest_is_not_read_as_a_request(String encoding) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + "Transfer-Encoding: " + encoding + "\r\n\r\n" + POST + withContentLength(BODY));

                assertThat(connection.answer().status()).isEqualTo(400);
                connection.assertEnds();
            }
        }
    }

    @Nested
    class A_content_length {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "-1",
                    "+42",
                    "0x2a",
                    "4 2",
                    "42, 42",
                    "42\r\nContent-Length: 5",
                    "42\r\nContent-Length: 42",
                    "5\r\nTransfer-Encoding: chunked",
                    "99999999999999999999999",
                    "forty-two",
                    ""
                })
        void that_is_no_number_is_refused_and_the_connection_ends(String length) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + "Content-Length: " + length + "\r\n\r\n" + BODY);

                assertThat(connection.answer().sentences()).containsExactly(MALFORMED);
                connection.assertEnds();
            }
        }

        @ParameterizedTest
        @ValueSource(longs = {65_537, 1L << 31, 1L << 32, Long.MAX_VALUE})
        void that_is_too_large_is_refused_before_the_body_comes(long length) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + "Content-Length: " + length + "\r\n\r\n");

                connection.answer().error(413, "PAYLOAD_TOO_LARGE");
            }
        }

        @Test
        void that_is_too_small_makes_the_rest_another_request() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + "Content-Length: 2\r\n\r\n{}" + BODY + "\r\n\r\n");

                assertThat(connection.answer().sentences()).hasSize(2);
                assertThat(connection.answer().sentences()).containsExactly(MALFORMED);
                connection.assertEnds();
            }
        }
    }

    @Nested
    class A_chunked_body {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "zz\r\n{}\r\n0\r\n\r\n",
                    "-2\r\n{}\r\n0\r\n\r\n",
                    "\r\n{}\r\n0\r\n\r\n",
                    "ffffffffffffffffff\r\n{}",
                    "1\r\n{}\r\n0\r\n\r\n",
                    "2\r\n{}0\r\n\r\n"
                })
        void with_wrong_sizes_ends_the_connection(String chunks) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(CHUNKED + chunks);

                connection.assertEnds();
            }
        }

        @Test
        void with_a_chunk_extension_of_100_kb_ends_the_connection() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(CHUNKED + "2;a=" + "b".repeat(100_000));

                connection.assertEnds();
            }
        }

        @Test
        void with_trailers_of_100_kb_ends_the_connection() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(CHUNKED + CHUNK + "0\r\na: " + "b".repeat(100_000));

                connection.assertEnds();
            }
        }

        @Test
        void that_is_too_large_is_refused_before_it_ends() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(CHUNKED + "7fffffff\r\n" + "x".repeat(65_537));

                connection.answer().error(413, "PAYLOAD_TOO_LARGE");
            }
        }

        @Test
        void of_65537_chunks_is_too_large_and_no_trouble() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(CHUNKED + "1\r\n \r\n".repeat(65_537) + "0\r\n\r\n");

                connection.answer().error(413, "PAYLOAD_TOO_LARGE");
            }
        }

        @Test
        void is_not_used_before_its_end() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(CHUNKED + CHUNK);
            }

            RawConnection.sleep(Duration.ofMillis(200));
        }
    }

    @Nested
    class A_body_cut_short {
        @Test
        void is_not_used() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + "Content-Length: " + (BODY.length() + 1) + "\r\n\r\n" + BODY);
            }

            RawConnection.sleep(Duration.ofMillis(200));
        }
    }

    @Nested
    class A_body_sent_byte_by_byte {
        @Test
        void is_received() {
            var body = TestPartner.contactJson("abc", "Ahmed Ali");

            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + "Content-Length: " + body.length() + "\r\n\r\n");
                connection.sendSlowly(body, Duration.ofMillis(5));

                assertThat(connection.answer().sentences()).hasSize(1);
            }
        }
    }

    @Nested
    class Pipelined_requests {
        @Test
        void are_answered_in_their_order() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + "x-request-id: 1\r\n" + withContentLength("{"));
                connection.send("GET /unknown HTTP/1.1\r\nHost: test\r\nx-request-id: 2\r\n\r\n");
                connection.send(POST + "x-request-id: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n");
                connection.send("POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nHost: test\r\nx-request-id: 4\r\n"
                        + withContentLength(BODY));
                connection.send(GET + "Host: test\r\nx-request-id: 5\r\n\r\n");

                for (var expected : List.of("1 400", "2 404", "3 400", "4 401", "5 400")) {
                    var answer = connection.answer();
                    assertThat(answer.headers().get("x-request-id") + " " + answer.status())
                            .isEqualTo(expected);
                }
            }
        }

        @Test
        void are_all_answered_when_they_come_by_the_hundred() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send((GET + "Host: test\r\n\r\n").repeat(300));

                for (int i = 0; i < 300; i++) {
                    assertThat(connection.answer().status()).isEqualTo(400);
                }
            }
        }
    }

    @Nested
    class Expect_100_continue {
        private static final String EXPECTING = "Expect: 100-continue\r\n";

        @Test
        void is_told_to_continue_when_the_body_is_wanted() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + EXPECTING + "Content-Length: 2\r\n\r\n");

                assertThat(connection.interimAnswer()).isEqualTo("HTTP/1.1 100 Continue");
                assertThat(connection.send("{}").answer().sentences()).hasSize(2);
            }
        }

        @Test
        void is_refused_instead_when_the_key_is_wrong() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send("POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nHost: test\r\n" + EXPECTING
                        + "Content-Length: 2\r\n\r\n");

                connection.answer().error(401, "UNAUTHORIZED");
            }
        }

        @Test
        void is_refused_instead_when_the_body_is_too_large() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + EXPECTING + "Content-Length: 65537\r\n\r\n");

                connection.answer().error(413, "PAYLOAD_TOO_LARGE");
            }
        }
    }

    @Nested
    class An_early_refusal {
        private static final String WITHOUT_KEY = "POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nHost: test\r\n";

        @Test
        void is_readable_while_the_body_is_still_sent_and_the_connection_stays() {
            var half = "x".repeat(500_000);

            try (var connection = RawConnection.to(SERVER)) {
                connection.send(WITHOUT_KEY + "Content-Length: 1000000\r\n\r\n" + half);
                connection.answer().error(401, "UNAUTHORIZED");
                connection.send(half + GET + "Host: test\r\n\r\n");

                assertThat(connection.answer().sentences()).containsExactly("contactId must be a UUID");
            }
        }

        @Test
        void is_readable_also_after_all_of_the_body_was_sent() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(POST + withContentLength("x".repeat(1_000_000)));

                connection.answer().error(413, "PAYLOAD_TOO_LARGE");
            }
        }

        @Test
        void ends_the_connection_of_a_body_without_end() {
            var chunk = "10000\r\n" + "x".repeat(65_536) + "\r\n";

            try (var connection = RawConnection.to(SERVER)) {
                connection.send(WITHOUT_KEY + "Transfer-Encoding: chunked\r\n\r\n");
                connection.answer().error(401, "UNAUTHORIZED");
                for (int i = 0; i < 32 && sendUnlessEnded(connection, chunk); i++) {}

                connection.assertEnds();
            }
        }
    }

    /** Whether the connection still accepts data. */
    private static boolean sendUnlessEnded(RawConnection connection, String text) {
        try {
            connection.send(text);
            return true;
        } catch (UncheckedIOException ended) {
            return false;
        }
    }

    @Nested
    class Silence {
        private static final Duration TIMEOUT = Duration.ofSeconds(60);

        /** The bytes sent before the silence, by their name. */
        private static final Map<String, String> BEGINNINGS = Map.of(
                "nothing", "",
                "empty lines", "\r\n\r\n",
                "half a request line", "GET /v1/part",
                "half the headers", GET + "Host: te",
                "half the HTTP/2 preface", "PRI * HT");

        /** The same, where the server sends a response first. */
        private static final Map<String, String> ANSWERED = Map.of(
                "bytes without a line break", "\u0000\u0001\u00ff".repeat(50),
                "no body", POST + "Content-Length: 42\r\n\r\n",
                "half a body", POST + "Content-Length: " + 2 * BODY.length() + "\r\n\r\n" + BODY,
                "a body's first chunk", CHUNKED + CHUNK,
                "half a chunk's size", CHUNKED + "2",
                "a body without its last line", CHUNKED + CHUNK + "0\r\n",
                "a refused body",
                        "POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n",
                "a body that is too large", POST + "Content-Length: 9999999\r\n\r\n");

        // All are sent at once, before the first of these tests, since each waits for the same ten seconds.
        private static final long STARTED_NANOS = System.nanoTime();
        private static final List<RawConnection> SILENT = connectionsThatSent(BEGINNINGS);
        private static final List<RawConnection> SILENT_AFTER_A_HEAD = connectionsThatSent(ANSWERED);
        private static final List<RawConnection> CROWD = IntStream.range(0, 200)
                .mapToObj(i -> RawConnection.to(SERVER).send("GET / HT"))
                .toList();
        private static final RawConnection SLOW_HEAD = RawConnection.to(SERVER);
        private static final List<RawConnection> SLOW_BODIES = connectionsThatSent(Map.of(
                "a wanted body", POST + "Content-Length: 60000\r\n\r\n",
                "a refused body",
                        "POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nHost: test\r\nContent-Length: 60000\r\n\r\n"));

        static {
            keepSending(SLOW_HEAD);
            SLOW_BODIES.forEach(Silence::keepSending);
        }

        private static List<RawConnection> connectionsThatSent(Map<String, String> beginnings) {
            return beginnings.values().stream()
                    .map(beginning -> RawConnection.to(SERVER).send(beginning))
                    .toList();
        }

        private static void keepSending(RawConnection connection) {
            Thread.ofVirtual().start(() -> {
                while (sendUnlessEnded(connection, "x")) {
                    RawConnection.sleep(Duration.ofMillis(200));
                }
            });
        }

        @AfterEach
        void it_was_in_time() {
            assertThat(Duration.ofNanos(System.nanoTime() - STARTED_NANOS)).isLessThan(TIMEOUT);
        }

        @Test
        void disturbs_nobody() {
            var before = Instant.now();

            assertServes();

            // Less than the timeout of the silent connections.
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(8));
        }

        @Test
        void before_a_request_ends_the_connection() {
            SILENT.forEach(RawConnection::assertEnds);
            CROWD.forEach(RawConnection::assertEnds);
        }

        @Test
        void within_a_request_ends_the_connection_after_an_answer() {
            for (var connection : SILENT_AFTER_A_HEAD) {
                assertThat(connection.answer().status()).isIn(400, 401, 413);
                connection.assertEnds();
            }
        }

        @Test
        void is_not_broken_by_a_byte_now_and_then() {
            SLOW_HEAD.assertEnds();
            for (var connection : SLOW_BODIES) {
                assertThat(connection.answer().status()).isIn(400, 401);
                connection.assertEnds();
            }
        }
    }
}
