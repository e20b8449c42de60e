package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.Waiting;

/**
 * A partner's registered domains, through the front door: which pages may send requests, and what a browser is told.
 */
class PartnerDomainTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final KeyRules RULES = KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ));
    private static final TestPartner HOTEL = SERVER.newPartner(
            RULES,
            Domain.parse("shop.example", false),
            Domain.parse("*.grand-hotel.example", false),
            Domain.parse("bücher.example", false),
            Domain.parse("198.51.100.7", false),
            Domain.parse("try.example", true),
            Domain.parse("*.try-out.example", true));

    /** One of each kind; {@code DomainTest} has them all. */
    static final List<String> REGISTERED = List.of(
            "https://shop.example",
            "HTTP://SHOP.Example:8443",
            "https://a.b.grand-hotel.example:3000",
            "https://xn--bcher-kva.example",
            "https://198.51.100.7:8080");

    /** One of each kind; {@code DomainTest} has them all. */
    static final List<String> NOT_REGISTERED = List.of(
            "https://stranger.example",
            "https://www.shop.example",
            "https://grand-hotel.example",
            "https://shop.example.stranger.example",
            "https://shop.example@stranger.example",
            "https://shop.example, https://stranger.example",
            "shop.example",
            "null",
            "");

    @BeforeAll
    static void make_the_hotel_known() {
        assertIsLetIn(HOTEL.call());
    }

    private static void assertIsLetIn(Answer answer) {
        answer.error(404, "RESOURCE_NOT_FOUND");
    }

    private static void assertIsNotRegistered(Answer answer) {
        answer.error(403, "INVALID_PARTNER_DOMAIN");
    }

    @Nested
    class A_call_of_a_page {
        static final List<String> REGISTERED = PartnerDomainTest.REGISTERED;
        static final List<String> NOT_REGISTERED = PartnerDomainTest.NOT_REGISTERED;

        @ParameterizedTest
        @FieldSource("REGISTERED")
        void from_a_registered_domain_is_let_in(String origin) {
            assertIsLetIn(HOTEL.call("Origin", origin));
            assertIsLetIn(HOTEL.call("Referer", origin));
            assertIsLetIn(HOTEL.call("Referer", origin + "/rooms/412?q={a|b}#top"));
        }

        @ParameterizedTest
        @FieldSource("NOT_REGISTERED")
        void from_any_other_is_refused(String origin) {
            assertIsNotRegistered(HOTEL.call("Origin", origin));
            assertIsNotRegistered(HOTEL.call("Referer", origin));
        }

        @Test
        void is_judged_by_its_origin_even_when_the_referer_differs() {
            assertIsLetIn(HOTEL.call("Origin", "https://shop.example", "Referer", "https://stranger.example/"));
            assertIsNotRegistered(HOTEL.call("Origin", "https://stranger.example", "Referer", "https://shop.example/"));
            assertIsNotRegistered(HOTEL.call("Origin", "null", "Referer", "https://shop.example/"));
        }

        @Test
        void is_let_in_without_origin_and_referer() {
            assertIsLetIn(HOTEL.call());
            assertIsLetIn(HOTEL.call("X-Origin", "https://stranger.example"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"https://try.example", "https://a.try-out.example:3000"})
        void from_a_domain_for_trying_out_needs_sandbox_access(String origin) {
            var allowed = SERVER.newPartner(RULES, Domain.parse("other.example", false));
            SERVER.administer((partners, keys) -> {
                partners.setSandboxAccess(allowed.name(), true).await();
                partners.addDomain(allowed.name(), Domain.parse("try.example", true))
                        .await();
                return partners.addDomain(allowed.name(), Domain.parse("*.try-out.example", true))
                        .await();
            });

            HOTEL.call("Origin", origin).error(403, "SANDBOX_DOMAIN_NOT_ALLOWED");
            HOTEL.call("Referer", origin + "/page").error(403, "SANDBOX_DOMAIN_NOT_ALLOWED");
            Waiting.until(() -> allowed.call("Origin", origin).status() == 404);
        }

        @ParameterizedTest
        @CsvSource({
            "https://try.rooms.example, SANDBOX",
            "https://new.try.rooms.example, SANDBOX",
            "https://live.try.rooms.example, LIVE",
            "https://shop.rooms.example, LIVE",
        })
        void is_matched_to_the_most_specific_domain(String origin, String kind) {
            var partner = SERVER.newPartner(
                    RULES,
                    Domain.parse("*.rooms.example", false),
                    Domain.parse("try.rooms.example", true),
                    Domain.parse("*.try.rooms.example", true),
                    Domain.parse("live.try.rooms.example", false));

            var answer = partner.call("Origin", origin);

            if (kind.equals("LIVE")) {
                assertIsLetIn(answer);
            } else {
                answer.error(403, "SANDBOX_DOMAIN_NOT_ALLOWED");
            }
        }

        @Test
        void writes_nothing_when_it_is_refused() {
            var phone = RunningApi.newPhone();

            assertIsNotRegistered(TestPartner.send(HOTEL.contactRequest(TestPartner.contactJson(phone, "Ahmed Ali"))
                    .header("Origin", "https://stranger.example")));

            assertThat(HOTEL.postContact(phone, "Ahmed Ali").isNewContact()).isTrue();
        }

        @Test
        void is_not_looked_at_for_a_partner_without_domains() {
            var anywhere = SERVER.newPartner(RULES);

            REGISTERED.forEach(origin -> assertIsLetIn(anywhere.call("Origin", origin)));
            NOT_REGISTERED.forEach(origin -> assertIsLetIn(anywhere.call("Origin", origin, "Referer", origin)));
        }

        @Test
        void is_not_let_in_by_the_domain_of_another_partner() {
            var other = SERVER.newPartner(RULES, Domain.parse("other.example", false));

            assertIsNotRegistered(other.call("Origin", "https://shop.example"));
            assertIsNotRegistered(HOTEL.call("Origin", "https://other.example"));
        }
    }

    @Nested
    class A_preflight {
        static final List<String> REGISTERED = PartnerDomainTest.REGISTERED;

        @ParameterizedTest
        @FieldSource("REGISTERED")
        void from_a_registered_domain_is_told_what_a_page_may_send(String origin) {
            var answer = TestPartner.send(SERVER.preflight(TestPartner.CONTACTS, origin));

            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.headers())
                    .containsEntry("access-control-allow-origin", origin)
                    .containsEntry("access-control-allow-methods", "POST")
                    .containsEntry("access-control-allow-headers", "content-type, x-api-key, x-request-id")
                    .containsEntry("access-control-max-age", "600")
                    .containsEntry("vary", "Origin")
                    .doesNotContainKey("access-control-allow-credentials");
        }

        @Test
        void is_told_the_methods_of_its_path() {
            var answer = TestPartner.send(SERVER.preflight(TestPartner.NO_CONTACT, "https://shop.example"));

            assertThat(answer.headers()).containsEntry("access-control-allow-methods", "GET");
        }

        static final List<String> NOT_REGISTERED = PartnerDomainTest.NOT_REGISTERED;

        @ParameterizedTest
        @FieldSource("NOT_REGISTERED")
        void from_any_other_is_refused(String origin) {
            var answer = TestPartner.send(SERVER.preflight(TestPartner.CONTACTS, origin));

            assertIsNotRegistered(answer);
            assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("access-control-"));
        }

        @Test
        void from_a_domain_for_trying_out_needs_sandbox_access() {
            var other = SERVER.newPartner(RULES, Domain.parse("preflight-try.example", true));
            assertThat(other.isLetIn()).isTrue();
            var preflight = SERVER.preflight(TestPartner.CONTACTS, "https://preflight-try.example");
            TestPartner.send(preflight.copy()).error(403, "SANDBOX_DOMAIN_NOT_ALLOWED");

            SERVER.administer((partners, keys) ->
                    partners.setSandboxAccess(other.name(), true).await());

            Waiting.until(() -> TestPartner.send(preflight.copy()).status() == 204);
        }
    }

    @Nested
    class An_answer_to_a_page {
        private static final Permission BOOKINGS = Permission.PARTNER_BOOKINGS_READ;
        private static final String ORIGIN = "https://www.grand-hotel.example:3000";

        private static Answer toPage(HttpRequest.Builder request) {
            return TestPartner.send(request.header("Origin", ORIGIN));
        }

        private static HttpRequest.Builder newContact(TestPartner partner) {
            return partner.contactRequest(TestPartner.contactJson(RunningApi.newPhone(), "Ahmed Ali"));
        }

        private static TestPartner withOtherRules(KeyRules rules) {
            return SERVER.issue(HOTEL, rules, Expiry.NEVER);
        }

        private static Answer overTheLimit() {
            var limited = withOtherRules(RULES.withRateLimit(Optional.of(1)));
            toPage(newContact(limited));
            return toPage(newContact(limited));
        }

        static final List<Arguments> ANSWERS = List.of(
                answer(200, () -> toPage(newContact(HOTEL))),
                answer(400, () -> toPage(HOTEL.contactRequest(TestPartner.BAD_BODY))),
                answer(401, () -> toPage(newContact(HOTEL.withKey("nonsense")))),
                answer(401, () -> toPage(newContact(HOTEL.withKey(TestPartner.UNKNOWN_KEY)))),
                answer(403, () -> toPage(newContact(withOtherRules(KeyRules.of(Set.of(BOOKINGS)))))),
                answer(403, () -> toPage(newContact(SERVER.newPartner(RULES, Domain.parse("other.example", false))))),
                answer(404, () -> toPage(HOTEL.request(TestPartner.NO_CONTACT))),
                answer(404, () -> toPage(HOTEL.request("/v1/unknown"))),
                answer(405, () -> toPage(HOTEL.request(TestPartner.CONTACTS))),
                answer(413, () -> toPage(HOTEL.contactRequest("x".repeat(70_000)))),
                answer(429, An_answer_to_a_page::overTheLimit));

        private static Arguments answer(int status, Supplier<Answer> answer) {
            return Arguments.of(status, answer);
        }

        @ParameterizedTest(name = "{0}")
        @FieldSource("ANSWERS")
        void of_a_registered_domain_lets_the_page_read_it(int status, Supplier<Answer> answerer) {
            var answer = answerer.get();

            assertThat(answer.status()).as(answer.body()).isEqualTo(status);
            assertThat(answer.headers())
                    .containsEntry("access-control-allow-origin", ORIGIN)
                    .containsEntry("vary", "Origin")
                    .containsEntry(
                            "access-control-expose-headers",
                            "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, Allow")
                    .doesNotContainKey("access-control-allow-credentials");
        }

        @Test
        void of_an_unregistered_domain_does_not_let_the_page_read_it() {
            var anywhere = SERVER.newPartner(RULES);

            var answer = anywhere.call("Origin", "https://stranger.example");

            assertIsLetIn(answer);
            assertThat(answer.headers())
                    .containsEntry("vary", "Origin")
                    .doesNotContainKeys("access-control-allow-origin", "access-control-expose-headers");
        }
    }
}
