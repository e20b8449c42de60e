package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the server tells a browser whose page sends requests, and that other clients notice nothing of it. */
class CorsTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();
    private static final String CONTACT = TestPartner.CONTACTS + "/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60";
    private static final String STRANGER = "https://stranger.example";

    private static HttpRequest.Builder options(String path, String... headers) {
        var request = HttpRequest.newBuilder(SERVER.uri(path))
                .timeout(Duration.ofSeconds(20))
                .method("OPTIONS", BodyPublishers.noBody());
        return headers.length == 0 ? request : request.headers(headers);
    }

    private static HttpRequest.Builder preflight(String path, String origin) {
        return SERVER.preflight(path, origin);
    }

    private static List<String> corsHeaders(Answer answer) {
        return answer.headers().keySet().stream()
                .filter(name -> name.startsWith("access-control-"))
                .toList();
    }

    @Nested
    class A_preflight {
        @ParameterizedTest
        @ValueSource(strings = {TestPartner.CONTACTS, CONTACT})
        void from_an_origin_that_is_not_registered_is_refused(String path) {
            var answer = TestPartner.send(preflight(path, STRANGER).header("x-request-id", "test-1"));

            assertThat(answer.error(403, "INVALID_PARTNER_DOMAIN")
                            .get("message")
                            .asString())
                    .contains("not registered", "ask the operator");
            assertThat(answer.headers())
                    .containsEntry("vary", "Origin")
                    .containsEntry("x-request-id", "test-1")
                    .doesNotContainKey("allow");
            assertThat(corsHeaders(answer)).isEmpty();
        }

        @Test
        void is_refused_with_a_key_as_without() {
            var answer =
                    TestPartner.send(preflight(TestPartner.CONTACTS, STRANGER).header("x-api-key", HOTEL.key()));

            answer.error(403, "INVALID_PARTNER_DOMAIN");
        }

        static final List<String> HOSTILE = List.of(
                "null",
                "*",
                "x".repeat(10_000),
                "https://",
                "://",
                "https://[::1]",
                "https://\u00d9\u0081\u00d9\u0086\u00d8\u00af\u00d9\u0082.example",
                "https://a.example, https://b.example",
                "https://a\tb");

        @ParameterizedTest
        @FieldSource("HOSTILE")
        void from_an_origin_that_is_none_is_refused(String origin) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(
                        "OPTIONS %s HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Method: POST\r\nOrigin: %s\r\n\r\n"
                                .formatted(TestPartner.CONTACTS, origin));

                var answer = connection.answer();

                answer.error(403, "INVALID_PARTNER_DOMAIN");
                assertThat(corsHeaders(answer)).isEmpty();
            }
        }

        @Test
        void to_an_unknown_path_is_404() {
            var answer = TestPartner.send(preflight("/v1/partners/contract", STRANGER));

            answer.error(404, "RESOURCE_NOT_FOUND");
            assertThat(corsHeaders(answer)).isEmpty();
        }

        @Test
        void to_a_page_of_the_reference_is_405() {
            var answer = TestPartner.send(preflight("/openapi.yaml", STRANGER));

            answer.error(405, "METHOD_NOT_ALLOWED");
            assertThat(answer.headers()).doesNotContainKey("vary");
            assertThat(corsHeaders(answer)).isEmpty();
        }

        @Test
        void is_written_to_the_log_as_options_on_the_paths_pattern() {
            try (var log = CapturedLog.open()) {
                TestPartner.send(preflight(CONTACT, STRANGER).header("x-request-id", "preflight-1"));

                var line = requestLine(log, "preflight-1");

                assertThat(line.get("method").asString()).isEqualTo("OPTIONS");
                assertThat(line.get("route").asString()).isEqualTo("/v1/partners/contacts/{contactId}");
                assertThat(line.get("status").asInt()).isEqualTo(403);
            }
        }

        /** A line may be written just after its response. */
        private static JsonNode requestLine(CapturedLog log, String requestId) {
            long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (System.nanoTime() < deadline) {
                var lines = log.json().stream()
                        .map(line -> new JsonMapper().readTree(line))
                        .filter(line -> line.path("requestId").asString("").equals(requestId))
                        .toList();
                if (!lines.isEmpty()) {
                    return lines.getFirst();
                }
                RawConnection.sleep(Duration.ofMillis(10));
            }
            throw new AssertionError("no log line for request " + requestId);
        }
    }

    @Nested
    class Other_options {
        static final List<String> NO_PREFLIGHTS = List.of(
                "", "Origin: " + STRANGER, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: a");

        @ParameterizedTest
        @FieldSource("NO_PREFLIGHTS")
        void are_405(String header) {
            var headers = header.split(": ", 0);

            var answer =
                    TestPartner.send(header.isEmpty() ? options(CONTACT) : options(CONTACT, headers[0], headers[1]));

            answer.error(405, "METHOD_NOT_ALLOWED");
            assertThat(answer.headers()).containsEntry("allow", "GET");
            assertThat(corsHeaders(answer)).isEmpty();
        }
    }

    @Nested
    class Any_other_request {
        static Stream<HttpRequest.Builder> requests() {
            return Stream.of(
                    HOTEL.request(CONTACT),
                    HOTEL.request(TestPartner.CONTACTS + "/abc"),
                    HOTEL.request(TestPartner.CONTACTS),
                    HOTEL.request("/v1/unknown"),
                    HOTEL.contactRequest(TestPartner.contactJson(RunningApi.newPhone(), "Ahmed Ali")),
                    HttpRequest.newBuilder(SERVER.uri(CONTACT)));
        }

        @Test
        void gets_no_header_more_when_it_has_no_origin() {
            var known = List.of(
                    "x-request-id", "content-type", "content-language", "cache-control", "content-length", "allow");

            requests()
                    .map(TestPartner::send)
                    .forEach(answer ->
                            assertThat(known).containsAll(answer.headers().keySet()));
        }

        @Test
        void with_an_unregistered_origin_gets_the_same_response_without_cors_headers() {
            requests().forEach(request -> {
                request.header("x-request-id", "test-1");
                var expected = TestPartner.send(request.copy());

                var answer = TestPartner.send(request.header("Origin", STRANGER));

                assertThat(answer.status()).isEqualTo(expected.status());
                assertThat(answer.headers()).containsEntry("vary", "Origin");
                assertThat(corsHeaders(answer)).isEmpty();
            });
        }
    }
}
