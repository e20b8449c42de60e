package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What every response has in common, and the responses that belong to no operation. */
class EnvelopeTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();
    private static final String UNKNOWN_CONTACT = TestPartner.CONTACTS + "/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60";
    private static final String NO_SUCH_PATH = "There is no such path; the API is described at /docs.";

    private static JsonNode json(String text) {
        return new JsonMapper().readTree(text);
    }

    private static JsonNode failure(String code, String message) {
        return json("""
                {"success":false,"error":{"code":"%s","message":"%s","requestId":"test-1"}}""".formatted(code, message));
    }

    private static HttpRequest.Builder withoutKey(String path) {
        return HttpRequest.newBuilder(SERVER.uri(path)).header("x-request-id", "test-1");
    }

    private static HttpRequest.Builder withKey(String path) {
        return HOTEL.request(path).header("x-request-id", "test-1");
    }

    /** Sends one request on its own connection and returns the response. */
    private static Answer answerTo(String method, String target, String... headers) {
        try (var connection = RawConnection.to(SERVER)) {
            connection.send("%s %s HTTP/1.1\r\nHost: test\r\n".formatted(method, target));
            for (var header : headers) {
                connection.send(header + "\r\n");
            }
            connection.send("\r\n");
            return method.equals("HEAD") ? connection.answerToHead() : connection.answer();
        }
    }

    @Nested
    class A_failure {
        @Test
        void of_validation_has_details() {
            var answer = TestPartner.send(withKey(TestPartner.CONTACTS + "/abc"));

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json()).isEqualTo(json("""
                    {
                      "success": false,
                      "error": {
                        "code": "VALIDATION_ERROR",
                        "message": "contactId must be a UUID",
                        "details": {
                          "statusCode": 400,
                          "error": "Bad Request",
                          "message": ["contactId must be a UUID"],
                          "fields": {"contactId": ["contactId must be a UUID"]}
                        },
                        "requestId": "test-1"
                      }
                    }
                    """));
        }

        @Test
        void of_access_has_no_details() {
            var answer = TestPartner.send(withoutKey(UNKNOWN_CONTACT));

            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.json())
                    .isEqualTo(failure(
                            "UNAUTHORIZED",
                            "A valid API key is needed in the header x-api-key:"
                                    + " pk_live_ or pk_sandbox_, followed by 32 letters and digits."));
        }

        @Test
        void of_permission_names_the_missing_one() {
            var shop = SERVER.newPartner(Set.of(Permission.PARTNER_SERVICES_READ));

            var answer = TestPartner.send(shop.request(UNKNOWN_CONTACT).header("x-request-id", "test-1"));

            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.json())
                    .isEqualTo(failure("FORBIDDEN", "This API key lacks the permission partner_contacts_read."));
        }

        @Test
        void of_an_unknown_contact_says_so() {
            var answer = TestPartner.send(withKey(UNKNOWN_CONTACT));

            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json()).isEqualTo(failure("RESOURCE_NOT_FOUND", "There is no contact with this id."));
        }

        @Test
        void of_an_unknown_path_says_where_to_look() {
            var answer = TestPartner.send(withoutKey("/v1/unknown"));

            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json()).isEqualTo(failure("RESOURCE_NOT_FOUND", NO_SUCH_PATH));
        }

        @Test
        void of_the_method_says_where_to_look() {
            var answer = TestPartner.send(withoutKey(TestPartner.CONTACTS).DELETE());

            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.json())
                    .isEqualTo(failure("METHOD_NOT_ALLOWED", "This path does not allow this method; it allows POST."));
        }

        @ParameterizedTest
        @CsvSource({
            "/v1/partners/contract, /v1/partners/contacts",
            "/v1/partners/contact, /v1/partners/contacts",
            "/v1/partners/contacts/, /v1/partners/contacts",
            "//v1/partners/contacts, /v1/partners/contacts",
            "/V1/Partners/Contacts, /v1/partners/contacts",
            "/v1/partner/contacts, /v1/partners/contacts",
            "/v1/contacts, /v1/partners/contacts",
            "/partners/contacts, /v1/partners/contacts",
            "/contacts, /v1/partners/contacts",
            "/v2/partners/contacts, /v1/partners/contacts",
            "/api/v1/partners/contacts, /v1/partners/contacts",
            "/v1/contacts/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60, /v1/partners/contacts/{contactId}",
            "/v1/partners/contacts/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60/, /v1/partners/contacts/{contactId}",
            "/v1/me, /v1/partners/me",
            "/doc, /docs",
        })
        void of_an_unknown_path_names_the_nearest(String path, String nearest) {
            var answer = answerTo("GET", path, "x-request-id: test-1");

            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json())
                    .isEqualTo(failure(
                            "RESOURCE_NOT_FOUND",
                            "There is no such path; the nearest is " + nearest + ". The API is described at /docs."));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/v1",
                    "/v1/",
                    "/v1/partners",
                    "/v1/partners/unknown",
                    "/v1/partners/you",
                    "/shop/en/contacts",
                    "/favicon.ico"
                })
        void of_an_unknown_path_names_none_when_none_is_near(String path) {
            assertThat(answerTo("GET", path, "x-request-id: test-1").json())
                    .isEqualTo(failure("RESOURCE_NOT_FOUND", NO_SUCH_PATH));
        }

        @Test
        void of_a_very_long_unknown_path_takes_no_longer() {
            assertThat(answerTo("GET", "/x".repeat(1_900), "x-request-id: test-1")
                            .json())
                    .isEqualTo(failure("RESOURCE_NOT_FOUND", NO_SUCH_PATH));
        }

        @Test
        void of_size_says_the_limit() {
            var answer =
                    TestPartner.send(withKey(TestPartner.CONTACTS).POST(BodyPublishers.ofByteArray(new byte[70_000])));

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.json()).isEqualTo(failure("PAYLOAD_TOO_LARGE", "The body is larger than 64 KiB."));
        }
    }

    @Nested
    class Every_answer_of_the_api {
        @ParameterizedTest
        @CsvSource({
            "GET, /v1/partners/contacts/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60, 404",
            "GET, /v1/partners/contacts/abc, 400",
            "GET, /v1/partners/contacts, 405",
            "POST, /v1/partners/contacts, 400",
            "GET, /v1, 404",
            "GET, /unknown, 404",
            "POST, /docs, 405"
        })
        void is_json_that_no_cache_keeps(String method, String path, int status) {
            var answer = TestPartner.send(withKey(path).method(method, BodyPublishers.noBody()));

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.headers())
                    .containsEntry("content-type", "application/json")
                    .containsEntry("cache-control", "no-store");
        }

        @Test
        void is_json_that_no_cache_keeps_when_it_is_a_success_too() {
            var answer = HOTEL.postContact(RunningApi.newPhone(), "Ahmed Ali");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().get("success").asBoolean()).isTrue();
            assertThat(answer.json().propertyNames()).containsExactlyInAnyOrder("success", "data");
            assertThat(answer.headers())
                    .containsEntry("content-type", "application/json")
                    .containsEntry("cache-control", "no-store");
        }
    }

    @Nested
    class A_request_id {
        static final List<String> KEPT = List.of(
                "1",
                "0190-abc",
                "3F0C6A52-7D0E-4B8E-9A41-5C2F7B1D9E60",
                "x".repeat(128),
                "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");
        static final List<String> REPLACED =
                List.of("", "x".repeat(129), "a b", "a\tb", "\u00c3\u00a9", "a\u00ff", "a\u0080b", "a\u00a0b");

        @ParameterizedTest
        @FieldSource("KEPT")
        void of_the_caller_is_kept(String sent) {
            var answer = answerTo("GET", "/unknown", "X-Request-Id: " + sent);

            assertThat(answer.headers()).containsEntry("x-request-id", sent);
            assertThat(answer.error(404, "RESOURCE_NOT_FOUND").get("requestId").asString())
                    .isEqualTo(sent);
        }

        @ParameterizedTest
        @FieldSource("REPLACED")
        void of_any_other_form_is_replaced(String sent) {
            var answer = answerTo("GET", "/unknown", "X-Request-Id: " + sent);

            assertIsNewUuid(answer);
        }

        @Test
        void is_made_when_there_is_none() {
            var one = answerTo("GET", "/unknown");
            var other = answerTo("GET", "/unknown");

            assertIsNewUuid(one);
            assertIsNewUuid(other);
            assertThat(one.headers().get("x-request-id"))
                    .isNotEqualTo(other.headers().get("x-request-id"));
        }

        @Test
        void comes_with_a_success_too() {
            var stored = HOTEL.postContact(RunningApi.newPhone(), "Ahmed Ali");

            var answer = TestPartner.send(withKey(TestPartner.CONTACTS + "/" + stored.id()));

            assertThat(UUID.fromString(stored.headers().get("x-request-id")).version())
                    .isEqualTo(4);
            assertThat(answer.headers()).containsEntry("x-request-id", "test-1");
        }

        @ParameterizedTest
        @ValueSource(strings = {"/", "/docs", "/openapi.yaml", "/docs/docs.js"})
        void comes_with_the_reference_too(String path) {
            var answer = answerTo("GET", path, "x-request-id: test-1");

            assertThat(answer.headers()).containsEntry("x-request-id", "test-1");
        }

        private static void assertIsNewUuid(Answer answer) {
            var id = answer.headers().get("x-request-id");
            assertThat(UUID.fromString(id)).hasToString(id);
            assertThat(UUID.fromString(id).version()).isEqualTo(4);
            assertThat(UUID.fromString(id).variant()).isEqualTo(2);
            assertThat(answer.error(404, "RESOURCE_NOT_FOUND").get("requestId").asString())
                    .isEqualTo(id);
        }
    }

    @Nested
    class An_unknown_path {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/unknown",
                    "/v1",
                    "/v1/",
                    "/v1/partners",
                    "/v1/partners/contacts/",
                    "/v1/partners/Contacts",
                    "/V1/partners/contacts",
                    "//v1/partners/contacts",
                    "/v1//partners/contacts",
                    "/v1/partners/contacts//",
                    "/v1/partners/contacts/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60/",
                    "/v1/partners/contacts/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60/x",
                    "/v1/partners/%63ontacts",
                    "/v1%2Fpartners%2Fcontacts",
                    "/v1/partners/../partners/contacts",
                    "/v1/partners/contacts;x=y",
                    "/v1/partners/contacts%00",
                    "/v1/partners/{resource}",
                    "/docs/",
                    "/docs/index.html",
                    "/docs/../openapi.yaml",
                    "/docs/..%2fopenapi.yaml",
                    "/health/live",
                    "/metrics",
                    "/favicon.ico",
                    "v1/partners/contacts",
                    "*",
                    "/%zz",
                    "/\u00c3\u00a9"
                })
        void is_404_for_everybody(String target) {
            for (var key : new String[] {"x-api-key: wrong", "x-api-key: " + HOTEL.key()}) {
                var answer = answerTo("GET", target, key);

                var error = answer.error(404, "RESOURCE_NOT_FOUND");
                assertThat(error.get("message").asString())
                        .startsWith("There is no such path; ")
                        .endsWith("he API is described at /docs.");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "OPTIONS", "INVENTED"})
        void is_404_for_every_method(String method) {
            var answer = answerTo(method, "/unknown", "Content-Length: 0");

            answer.error(404, "RESOURCE_NOT_FOUND");
            assertThat(answer.headers()).doesNotContainKey("allow");
        }

        @Test
        void is_404_without_a_body_for_head() {
            var answer = answerTo("HEAD", "/unknown");

            assertThat(answer.status()).isEqualTo(404);
        }

        @Test
        void does_not_include_a_known_one_with_a_query() {
            var answer = answerTo("GET", UNKNOWN_CONTACT + "?a=b&%zz&=", "x-api-key: " + HOTEL.key());

            assertThat(answer.error(404, "RESOURCE_NOT_FOUND").get("message").asString())
                    .isEqualTo("There is no contact with this id.");
        }
    }

    @Nested
    class A_wrong_method {
        private static final Map<String, String> ALLOWED = Map.of(
                TestPartner.CONTACTS,
                "POST",
                UNKNOWN_CONTACT,
                "GET",
                "/openapi.yaml",
                "GET",
                "/docs",
                "GET",
                "/",
                "GET");

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "GET",
                    "POST",
                    "PUT",
                    "PATCH",
                    "DELETE",
                    "OPTIONS",
                    "TRACE",
                    "CONNECT",
                    "PROPFIND",
                    "INVENTED",
                    "post"
                })
        void is_405_with_the_allowed_methods(String method) {
            ALLOWED.forEach((path, allowed) -> {
                if (!method.equals(allowed)) {
                    var answer = answerTo(method, path, "Content-Length: 0");

                    answer.error(405, "METHOD_NOT_ALLOWED");
                    assertThat(answer.headers()).as(path).containsEntry("allow", allowed);
                }
            });
        }

        @Test
        void is_405_without_a_body_for_head() {
            ALLOWED.forEach((path, allowed) -> {
                var answer = answerTo("HEAD", path);

                assertThat(answer.status()).as(path).isEqualTo(405);
                assertThat(answer.headers()).as(path).containsEntry("allow", allowed);
            });
        }
    }
}
