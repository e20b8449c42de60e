package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RawHttp;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;

/**
 * A client that shuts down its sending side still gets its responses, and its connection is then closed without delay.
 */
class HalfCloseTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();

    private static final String KEY = "x-api-key: " + HOTEL.key() + "\r\n";
    private static final String GET = "GET " + TestPartner.CONTACTS + "/abc HTTP/1.1\r\nHost: test\r\n" + KEY;

    private static String post(String key, String body) {
        return "POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nHost: test\r\nx-api-key: " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String post(String body) {
        return post(HOTEL.key(), body);
    }

    @Nested
    class A_client_that_half_closes_its_connection {
        @Test
        void is_answered_when_its_contact_is_stored() {
            try (var connection = RawConnection.to(SERVER)) {
                var phone = RunningApi.newPhone();
                connection
                        .send(post(TestPartner.contactJson(phone, "Ahmed Ali")))
                        .endSending();

                var answer = connection.answer();
                assertThat(answer.data().get("phone").asString()).isEqualTo(phone);
                connection.assertEnds();
            }
        }

        @Test
        void is_answered_when_its_key_has_to_wait() {
            try (var first = RawConnection.to(SERVER);
                    var second = RawConnection.to(SERVER)) {
                first.send(post(TestPartner.UNKNOWN_KEY, "{}")).endSending();
                second.send(post("nonsense", "{}")).endSending();

                for (var connection : new RawConnection[] {first, second}) {
                    connection.answer().error(401, "UNAUTHORIZED");
                    connection.assertEnds();
                }
            }
        }

        @Test
        void is_answered_every_request() {
            try (var connection = RawConnection.to(SERVER)) {
                IntStream.range(0, 50)
                        .forEach(i -> connection.send(
                                post(TestPartner.contactJson(RunningApi.newPhone(), "Ahmed Ali")) + GET + "\r\n"));
                connection.endSending();

                for (int i = 0; i < 50; i++) {
                    assertThat(connection.answer().status()).isEqualTo(200);
                    assertThat(connection.answer().status()).isEqualTo(400);
                }
                connection.assertEnds();
            }
        }

        @Test
        void gets_the_whole_of_a_long_answer() {
            try (var connection = RawConnection.to(SERVER)) {
                connection
                        .send("GET /openapi.yaml HTTP/1.1\r\nHost: test\r\n\r\n")
                        .endSending();

                assertThat(connection.answer().body()).contains("openapi: 3.1").endsWith("\n");
                connection.assertEnds();
            }
        }

        @Test
        void is_told_that_its_body_did_not_arrive() {
            try (var connection = RawConnection.to(SERVER)) {
                connection
                        .send(post("{}").replace("Content-Length: 2", "Content-Length: 9"))
                        .endSending();

                assertThat(connection.answer().sentences()).containsExactly("body must be complete");
                connection.assertEnds();
            }
        }

        @Test
        void is_told_the_same_behind_other_requests() {
            try (var connection = RawConnection.to(SERVER)) {
                connection
                        .send(post(TestPartner.contactJson(RunningApi.newPhone(), "Ahmed Ali"))
                                + post("{}").replace("Content-Length: 2", "Content-Length: 9"))
                        .endSending();

                assertThat(connection.answer().status()).isEqualTo(200);
                assertThat(connection.answer().sentences())
                        .singleElement()
                        .asString()
                        .endsWith("must have a complete body");
                connection.assertEnds();
            }
        }

        @Test
        void is_told_that_its_headers_did_not_arrive() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(GET).endSending();

                assertThat(connection.answer().sentences()).containsExactly("request must be well-formed HTTP/1.1");
                connection.assertEnds();
            }
        }

        @Test
        void is_not_kept_when_it_was_refused_before_its_body_arrived() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(post("nonsense", "{}").replace("Content-Length: 2", "Content-Length: 9"));
                connection.answer().error(401, "UNAUTHORIZED");

                connection.endSending().assertEnds();
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "GET / HT", "\r\n"})
        void is_not_kept_when_it_has_sent_no_whole_request(String beginning) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(beginning).endSending().assertEnds();
            }
        }

        @Test
        void is_not_kept_when_every_request_was_answered_before() {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(GET + "\r\n");
                assertThat(connection.answer().status()).isEqualTo(400);

                connection.endSending().assertEnds();
            }
        }
    }

    @Nested
    class The_header_Connection {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Connection: close",
                    "Connection: TE, close",
                    "Connection: close, TE",
                    "connection: te,CLOSE",
                    "Connection: TE,\tClose\t, x",
                    "Connection: keep-alive, close",
                    "Connection: , close",
                    "Connection: keep-alive\r\nConnection: close",
                    "Connection: TE\r\nConnection: x, close",
                })
        void ends_the_connection_when_close_is_anywhere_in_it(String headers) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(GET + headers + "\r\n\r\n");

                assertThat(connection.answer().headers()).containsEntry("connection", "close");
                connection.assertEnds();
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Connection: TE",
                    "Connection: c, closed",
                    "Connection: clo, x-close",
                    "Connection: keep-alive, TE",
                    "Connection: \"close\", TE",
                    "Connection:",
                    "Connection: ,",
                })
        void leaves_the_connection_open_when_close_is_not_in_it(String headers) {
            try (var connection = RawConnection.to(SERVER)) {
                for (int i = 0; i < 2; i++) {
                    connection.send(GET + headers + "\r\n\r\n");
                    assertThat(connection.answer().status()).isEqualTo(400);
                }
            }
        }

        @ParameterizedTest
        @CsvSource({"'keep-alive', true", "'TE, Keep-Alive', true", "'TE', false", "'keep-alive, close', false"})
        void of_HTTP_1_0_keeps_the_connection_open_only_when_it_says_so(String value, boolean staysOpen) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(GET.replace("HTTP/1.1", "HTTP/1.0") + "Connection: " + value + "\r\n\r\n");
                assertThat(connection.answer().status()).isEqualTo(400);

                if (staysOpen) {
                    connection.send(GET + "Connection: close\r\n\r\n");
                    assertThat(connection.answer().status()).isEqualTo(400);
                }
                connection.assertEnds();
            }
        }
    }

    @Test
    void an_http_1_0_client_gets_no_interim_response_whatever_it_expects() {
        var body = TestPartner.contactJson(RunningApi.newPhone(), "Ahmed Ali");

        var answer = RawHttp.send(
                SERVER.port(),
                post(body)
                        .replace("HTTP/1.1", "HTTP/1.0")
                        .replace("Content-Type", "Expect: 100-continue\r\nContent-Type"));

        assertThat(answer).startsWith("HTTP/1.0 200 OK").doesNotContain("Continue");
    }
}
