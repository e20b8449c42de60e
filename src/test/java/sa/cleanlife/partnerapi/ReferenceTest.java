package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.access.AddressRange;
import sa.cleanlife.partnerapi.access.Domain;
import sa.cleanlife.partnerapi.access.Expiry;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.OpenApi;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.SlowClient;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.Waiting;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The API reference: served completely and without a key, and correct in each of its examples. */
class ReferenceTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();

    private static Answer page(String path) {
        return TestPartner.send(HttpRequest.newBuilder(SERVER.uri(path)));
    }

    @Nested
    class Pages {
        @Test
        void begin_at_the_root() {
            var answer = page("/");

            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.headers()).containsEntry("location", "/docs");
        }

        @ParameterizedTest
        @CsvSource({
            "/docs, text/html; charset=utf-8",
            "/docs/docs.js, text/javascript; charset=utf-8",
            "/docs/docs.css, text/css; charset=utf-8",
            "/docs/swagger-ui.css, text/css; charset=utf-8",
            "/docs/swagger-ui-bundle.js, text/javascript; charset=utf-8",
            "/docs/favicon-16x16.png, image/png",
            "/docs/favicon-32x32.png, image/png",
            "/openapi.yaml, application/yaml"
        })
        void are_served_to_everybody_under_a_strict_policy(String path, String contentType) {
            var answer = page(path);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isNotEmpty();
            assertThat(answer.headers())
                    .containsEntry("content-type", contentType)
                    .containsEntry("cache-control", "no-cache")
                    .containsEntry("x-content-type-options", "nosniff")
                    .containsEntry("referrer-policy", "no-referrer");
            assertThat(answer.headers().get("content-security-policy"))
                    .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
                    .contains("connect-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "http", "*");
        }

        /**
         * More of these requests are under way than the load at which pages are rejected; but they wait for their
         * clients, not for the server.
         */
        @Test
        void are_served_beside_requests_whose_bodies_never_arrive() {
            var head = "POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nHost: test\r\nx-api-key: " + HOTEL.key()
                    + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n";
            int loops = Runtime.getRuntime().availableProcessors();
            // Requests with a key that the server has not cached yet would wait for the server.
            assertThat(HOTEL.isLetIn()).isTrue();
            var clients = new ArrayList<SlowClient>();
            try {
                for (int i = 0; i < 250 * loops; i++) {
                    clients.add(SlowClient.connect(SERVER.port()).pour(head));
                }
                for (int i = 0; i < 2 * loops; i++) {
                    clients.add(SlowClient.connect(SERVER.port()));
                    assertThat(clients.getLast().call("GET /openapi.yaml HTTP/1.1\r\nHost: test\r\n\r\n"))
                            .isEqualTo(200);
                }
            } finally {
                clients.forEach(SlowClient::close);
            }
        }

        @Test
        void load_nothing_but_pages_of_this_server() {
            var links = Pattern.compile("(?:src|href)=\"([^\"]*)\"")
                    .matcher(page("/docs").body())
                    .results()
                    .map(link -> link.group(1))
                    .toList();

            assertThat(links).contains("/docs/swagger-ui-bundle.js", "/docs/docs.js", "/openapi.yaml");
            assertThat(links).allSatisfy(link -> assertThat(page(link).status()).isEqualTo(200));
        }

        @Test
        void have_no_scripts_or_styles_of_their_own_that_the_policy_forbids() {
            assertThat(page("/docs").body()).doesNotContainPattern("<script>|<style|style=|onload=|onclick=");
        }

        @Test
        void include_the_document_byte_for_byte() throws IOException, InterruptedException {
            var source = OpenApi.text();

            try (var client = HttpClient.newHttpClient()) {
                var answer = client.send(
                        HttpRequest.newBuilder(SERVER.uri("/openapi.yaml")).build(), BodyHandlers.ofString());

                assertThat(answer.body()).isEqualTo(source);
            }
        }
    }

    @Nested
    class The_document {
        @Test
        void has_the_paths_that_are_the_servers_routes() {
            var routesOfTheApi = SERVER.routes().stream()
                    .filter(route -> route.contains(" /v1/"))
                    .toList();

            assertThat(routesOfTheApi).isNotEmpty().isEqualTo(OpenApi.operations());
        }

        static List<String> operations() {
            return OpenApi.operations();
        }

        @ParameterizedTest
        @MethodSource("operations")
        void has_examples_that_fit_their_schemas(String operation) {
            OpenApi.checkExamples(operation);
        }

        @Test
        void leaves_out_only_the_pages() {
            var others = SERVER.routes().stream()
                    .filter(route -> !route.contains(" /v1/"))
                    .toList();

            assertThat(others)
                    .allMatch(route -> route.equals("GET /")
                            || route.equals("GET /openapi.yaml")
                            || route.startsWith("GET /docs"));
        }
    }

    private static final String POST = "/paths/~1v1~1partners~1contacts/post";
    private static final String GET = "/paths/~1v1~1partners~1contacts~1{contactId}/get";
    private static final String COMPONENTS = "/components/responses/";

    @Nested
    class Examples_of_requests {
        static Set<String> names() {
            return OpenApi.examples(POST + "/requestBody").keySet();
        }

        @ParameterizedTest
        @MethodSource("names")
        void are_accepted(String name) {
            var request = OpenApi.example(POST + "/requestBody", name).toString();

            var answer = HOTEL.postContact(request);

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
    }

    @Nested
    class Examples_of_responses {
        @Test
        void of_success_are_what_the_server_answers() {
            for (var example : List.of("new", "found")) {
                var expected = OpenApi.example(POST + "/responses/200", example);
                var phone = RunningApi.newPhone();
                if (example.equals("found")) {
                    HOTEL.postContact(phone, "Ahmed Ali");
                }

                var answer = HOTEL.postContact(phone, "Ahmed Ali");

                assertThat(with(answer.json(), "data", Map.of("id", "", "phone", "")))
                        .isEqualTo(with(expected, "data", Map.of("id", "", "phone", "")));
            }
        }

        private static final Map<String, Supplier<Answer>> REFUSED_POSTS = new HashMap<>();

        static {
            invalidPhone("phoneNational", "0500000000");
            invalidPhone("phoneWithoutPlus", "966500000000");
            invalidPhone("phoneDialledFromAbroad", "00966500000000");
            invalidPhone("phoneWithSpaces", "+966 50 000 0000");
            invalidPhone("phoneOfASpreadsheet", "966500000000.0");
            invalidPhone("phoneOfAChat", "966500000000@c.us");
            invalidPhone("phoneWithTheCodeTwice", "+966966500000000");
            invalidPhone("phoneTooShort", "+96650000000");
            invalidPhone("phoneTooLong", "+9665000000000");
            invalidPhone("phoneNoSuchRange", "+966100000000");
            invalidPhone("phoneNotSaudi", "+14155550100");
            invalidPhone("phoneOtherCharacters", "+966500000000x12");
            invalidPhone("phoneEmpty", "");
            refused("phoneMissing", "{'name':'Ahmed Ali'}");
            refused("phoneMisnamed", "{'phone_number':'+966500000000','name':'Ahmed Ali'}");
            refused("phoneNotAString", "{'phone':5,'name':'Ahmed Ali'}");
            refused("nameMissing", "{'phone':'+966500000000'}");
            refused("nameNotAString", "{'phone':'+966500000000','name':5}");
            refused("nameBlank", "{'phone':'+966500000000','name':' '}");
            refused("nameTooLong", "{'phone':'+966500000000','name':'" + "a".repeat(201) + "'}");
            refused("nameControlCharacter", "{'phone':'+966500000000','name':'Ahmed\\nAli'}");
            refused("nameInvisible", "{'phone':'+966500000000','name':'\\u3164'}");
            refused("nameOpenDirection", "{'phone':'+966500000000','name':'\\u202eAhmed Ali'}");
            refused("utmSourceNotAString", "{'phone':'+966500000000','name':'Ahmed Ali','utmSource':5}");
            refused(
                    "utmSourceTooLong",
                    "{'phone':'+966500000000','name':'Ahmed Ali','utmSource':'" + "a".repeat(101) + "'}");
            refused("utmSourceControlCharacter", "{'phone':'+966500000000','name':'Ahmed Ali','utmSource':'\\ud800'}");
            refused("utmSourceInvisible", "{'phone':'+966500000000','name':'Ahmed Ali','utmSource':'\\u2800'}");
            refused("severalAtOnce", "{'phone':'0500000000','utmSource':5}");
            REFUSED_POSTS.put(
                    "contentType",
                    () -> TestPartner.send(HOTEL.request(TestPartner.CONTACTS)
                            .POST(BodyPublishers.ofString(TestPartner.contactJson("+966500000000", "Ahmed Ali")))));
            REFUSED_POSTS.put(
                    "contentEncoding",
                    () -> HOTEL.post(
                            TestPartner.CONTACTS,
                            TestPartner.contactJson("+966500000000", "Ahmed Ali"),
                            "content-encoding",
                            "gzip"));
            refused("bodyEmpty", "");
            refused("bodyByteOrderMark", "\ufeff{}");
            refused("bodyMalformed", "{'phone':'+966500000000',}");
            refused("bodyTrailing", "{'phone':'+966500000000','name':'Ahmed Ali'} {}");
            refused("bodyNotAnObject", "[]");
            refused("bodyRepeatedKey", "{'phone':'+966500000000','phone':'+966500000001'}");
            refused("bodyTooDeep", "{'x':" + "[".repeat(32));
            REFUSED_POSTS.put(
                    "bodyNotUtf8",
                    () -> HOTEL.postBody("{\"phone\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1)));
            REFUSED_POSTS.put("bodyTooSlow", Examples_of_responses::bodyThatStops);
            REFUSED_POSTS.put("malformedRequest", () -> raw("POST\r\n\r\n"));
            REFUSED_POSTS.put("withoutHost", () -> raw("POST " + TestPartner.CONTACTS + " HTTP/1.1\r\n\r\n"));
            REFUSED_POSTS.put("requestLineTooLong", () -> raw("POST /" + "x".repeat(5_000) + " HTTP/1.1\r\n\r\n"));
            REFUSED_POSTS.put(
                    "headersTooLarge",
                    () -> raw("POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nx: " + "x".repeat(17_000) + "\r\n\r\n"));
        }

        private static void invalidPhone(String name, String phone) {
            REFUSED_POSTS.put(name, () -> HOTEL.postContact(phone, "Ahmed Ali"));
        }

        private static void refused(String name, String body) {
            REFUSED_POSTS.put(name, () -> HOTEL.postContact(body.replace('\'', '"')));
        }

        private static Answer raw(String request) {
            try (var connection = RawConnection.to(SERVER)) {
                return connection.send(request).answer();
            }
        }

        private static Answer bodyThatStops() {
            return raw(
                    "POST %s HTTP/1.1\r\nHost: test\r\nx-api-key: %s\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
                            .formatted(TestPartner.CONTACTS, HOTEL.key()));
        }

        static Set<String> namesOfRefusedPosts() {
            return OpenApi.examples(POST + "/responses/400").keySet();
        }

        @ParameterizedTest
        @MethodSource("namesOfRefusedPosts")
        void of_refused_posts_are_what_the_server_answers(String name) {
            assertAnswers(answerFor(name, REFUSED_POSTS), OpenApi.example(POST + "/responses/400", name));
        }

        @Test
        void of_refused_posts_are_complete() {
            assertThat(namesOfRefusedPosts()).containsExactlyInAnyOrderElementsOf(REFUSED_POSTS.keySet());
        }

        @ParameterizedTest
        @ValueSource(strings = {"malformedRequest", "withoutHost", "requestLineTooLong", "headersTooLarge"})
        void of_malformed_requests_are_the_same_for_both_operations(String name) {
            assertThat(OpenApi.example(GET + "/responses/400", name))
                    .isEqualTo(OpenApi.example(POST + "/responses/400", name));
        }

        @Test
        void of_revoked_and_expired_keys_are_what_the_server_answers() {
            var revoked = SERVER.newPartner(RULES);
            var expired = SERVER.newPartner(RULES);
            var suspended = SERVER.newPartner(RULES);
            SERVER.administer((partners, keys) -> {
                keys.revoke(revoked.keyId().toString()).await();
                keys.update(expired.keyId().toString(), UnaryOperator.identity(), Expiry.in(Duration.ofMillis(1)))
                        .await();
                return partners.suspend(suspended.name()).await();
            });
            Stream.of(revoked, expired, suspended).forEach(partner -> Waiting.until(partner::isRefused));

            assertAnswers(revoked.call(), OpenApi.example(COMPONENTS + "Unauthorized", "revokedKey"));
            assertAnswers(expired.call(), OpenApi.example(COMPONENTS + "Unauthorized", "expiredKey"));
            assertAnswers(suspended.call(), OpenApi.example(COMPONENTS + "Unauthorized", "partnerNotActive"));
        }

        @Test
        void of_other_refusals_are_what_the_server_answers() {
            var contact = TestPartner.CONTACTS + "/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60";

            assertAnswers(HOTEL.getContact("abc"), OpenApi.example(GET + "/responses/400", "notAUuid"));
            assertAnswers(
                    TestPartner.send(HOTEL.request(contact)),
                    OpenApi.example(GET + "/responses/404", "unknownContact"));
            assertAnswers(page(contact), OpenApi.example(COMPONENTS + "Unauthorized", "noValidKey"));
            assertAnswers(page("/v1/unknown"), OpenApi.example(COMPONENTS + "UnknownPath", "unknownPath"));
            assertAnswers(page("/v1/partners/contact"), OpenApi.example(COMPONENTS + "UnknownPath", "nearlyAPath"));
            assertAnswers(page(TestPartner.CONTACTS), OpenApi.example(COMPONENTS + "MethodNotAllowed", "wrongMethod"));
            assertAnswers(
                    HOTEL.postBody(new byte[70_000]), OpenApi.example(COMPONENTS + "PayloadTooLarge", "tooLarge"));
        }

        private static final KeyRules RULES = KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ));

        private static final Map<String, Supplier<Answer>> FORBIDDEN = Map.of(
                "missingPermission",
                () -> SERVER.newPartner(Set.of(Permission.PARTNER_SERVICES_READ))
                        .call(),
                "wrongAddress",
                () -> SERVER.newPartner(RULES.withAllowedAddresses(List.of(AddressRange.parse("192.0.2.1"))))
                        .call(),
                "invalidDomain",
                () -> SERVER.newPartner(RULES, Domain.parse("shop.example", false))
                        .call("Origin", "https://stranger.example"),
                "sandboxDomain",
                () -> SERVER.newPartner(RULES, Domain.parse("try.example", true))
                        .call("Origin", "https://try.example"));

        static Set<String> namesOfForbidden() {
            return OpenApi.examples(COMPONENTS + "Forbidden").keySet();
        }

        @ParameterizedTest
        @MethodSource("namesOfForbidden")
        void of_what_is_forbidden_are_what_the_server_answers(String name) {
            assertAnswers(answerFor(name, FORBIDDEN), OpenApi.example(COMPONENTS + "Forbidden", name));
        }

        private static final Map<String, Supplier<Answer>> RATE_LIMITED = Map.of(
                "rateLimit",
                () -> {
                    var partner = SERVER.newPartner(RULES.withRateLimit(Optional.of(1)));
                    partner.call();
                    return partner.call();
                },
                "newContacts",
                () -> {
                    var partner = SERVER.newPartner(RULES.withNewContactsPerDay(Optional.of(1)));
                    partner.postContact(RunningApi.newPhone(), "Ahmed Ali");
                    return partner.postContact(RunningApi.newPhone(), "Ahmed Ali");
                });

        static Set<String> namesOfRateLimited() {
            return OpenApi.examples(COMPONENTS + "ContactRateLimited").keySet();
        }

        @ParameterizedTest
        @MethodSource("namesOfRateLimited")
        void of_limits_that_are_reached_are_what_the_server_answers(String name) {
            assertAnswers(answerFor(name, RATE_LIMITED), OpenApi.example(COMPONENTS + "ContactRateLimited", name));
        }

        private static Answer answerFor(String name, Map<String, Supplier<Answer>> answers) {
            return Optional.ofNullable(answers.get(name))
                    .orElseThrow(() -> new AssertionError("this test has no request for the example " + name))
                    .get();
        }

        @Test
        void of_the_rate_limit_are_the_same_for_all_operations() {
            assertThat(OpenApi.example(COMPONENTS + "RateLimited", "rateLimit"))
                    .isEqualTo(OpenApi.example(COMPONENTS + "ContactRateLimited", "rateLimit"));
        }

        @Test
        void of_other_refusals_are_complete() {
            assertThat(namesOfForbidden()).containsExactlyInAnyOrderElementsOf(FORBIDDEN.keySet());
            assertThat(namesOfRateLimited()).containsExactlyInAnyOrderElementsOf(RATE_LIMITED.keySet());
        }

        private static void assertAnswers(Answer answer, JsonNode example) {
            assertThat(with(answer.json(), "error", Map.of("requestId", "")))
                    .isEqualTo(with(example, "error", Map.of("requestId", "")));
        }

        /** A copy in which the values that differ between responses are replaced. */
        private static JsonNode with(JsonNode json, String part, Map<String, String> values) {
            var copy = json.deepCopy();
            values.forEach(((ObjectNode) copy.get(part))::put);
            return copy;
        }
    }
}
