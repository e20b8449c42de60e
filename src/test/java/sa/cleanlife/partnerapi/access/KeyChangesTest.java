package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestClock;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;

/** An operator's change applies on every node within a second, without a restart; expiry times apply by themselves. */
class KeyChangesTest {
    private static final Duration WHEN_A_CHANGE_IS_KNOWN_EVERYWHERE = Duration.ofSeconds(1);
    private static final KeyRules RULES = KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ));
    private static final String SERVED = "404 RESOURCE_NOT_FOUND";
    private static final String UNAUTHORIZED = "401 UNAUTHORIZED";
    private static final String FORBIDDEN = "403 FORBIDDEN";

    /** The nodes' clock decides when a key expires; the database has a clock of its own. */
    private static final TestClock CLOCK = new TestClock(Instant.parse("2026-11-23T12:00:00Z"));

    private static RunningApi one;
    private static RunningApi two;

    @BeforeAll
    static void start_two_nodes_on_one_database() {
        var database = TestPostgres.newDatabase();
        one = RunningApi.start(database, CLOCK);
        two = RunningApi.start(database, CLOCK);
    }

    @AfterAll
    static void stop() {
        one.close();
        two.close();
    }

    private static String outcome(Answer answer) {
        return answer.status() == 200 || answer.status() == 204
                ? String.valueOf(answer.status())
                : answer.status() + " " + answer.json().get("error").get("code").asString();
    }

    /** A request that can be repeated on either node, and the part of its response that a change affects. */
    private record Probe(Function<RunningApi, HttpRequest.Builder> call, Function<Answer, String> seen) {
        static Probe of(Function<RunningApi, HttpRequest.Builder> call) {
            return new Probe(call, KeyChangesTest::outcome);
        }

        static Probe of(TestPartner partner, String... headers) {
            return of(node -> {
                var request = partner.at(node).request(TestPartner.NO_CONTACT);
                return headers.length == 0 ? request : request.headers(headers);
            });
        }

        private String on(RunningApi node) {
            return seen.apply(TestPartner.send(call.apply(node)));
        }

        boolean isEverywhere(String outcome) {
            return on(one).equals(outcome) && on(two).equals(outcome);
        }

        /** The outcomes of several simultaneous requests to each node. */
        Set<String> outcomesOfManyCalls() {
            var answers = new ArrayList<CompletableFuture<Answer>>();
            for (int i = 0; i < 10; i++) {
                answers.add(TestPartner.sendAsync(call.apply(one)));
                answers.add(TestPartner.sendAsync(call.apply(two)));
            }
            return Set.copyOf(
                    answers.stream().map(CompletableFuture::join).map(seen).toList());
        }

        /** Asserts that both nodes show this outcome within a second after the change, and no other from then on. */
        void becomes(String outcome, RunningApi.Administration<?> change) {
            one.administer((partners, keys) -> {
                change.with(partners, keys);
                long deadline = System.nanoTime() + WHEN_A_CHANGE_IS_KNOWN_EVERYWHERE.toNanos();
                assertThat(Waiting.before(deadline, () -> isEverywhere(outcome)))
                        .as("%s everywhere within a second", outcome)
                        .isTrue();
                return Optional.empty();
            });
            assertThat(outcomesOfManyCalls()).containsOnly(outcome);
        }

        void is(String outcome) {
            assertThat(outcomesOfManyCalls()).containsOnly(outcome);
        }
    }

    private static RunningApi.Administration<?> update(TestPartner partner, UnaryOperator<KeyRules> rules) {
        return (partners, keys) -> keys.update(
                        partner.keyId().toString(), key -> key.withRules(rules.apply(key.rules())))
                .await();
    }

    @Nested
    class A_key {
        @Test
        void that_is_issued_works_for_the_first_request() {
            var hotel = one.newPartner();
            for (int i = 0; i < 20; i++) {
                var issued = one.issue(hotel, RULES, Expiry.NEVER);
                var nodes = i % 2 == 0 ? List.of(one, two) : List.of(two, one);

                nodes.forEach(node -> assertThat(issued.at(node).isLetIn()).isTrue());
            }
        }

        @Test
        void that_is_revoked_is_rejected() {
            for (int i = 0; i < 5; i++) {
                var hotel = one.newPartner();
                var probe = Probe.of(hotel);
                probe.is(SERVED);

                probe.becomes(
                        UNAUTHORIZED,
                        (partners, keys) ->
                                keys.revoke(hotel.keyId().toString()).await());
            }
        }

        @Test
        void of_a_partner_that_is_suspended_is_rejected() {
            for (int i = 0; i < 5; i++) {
                var hotel = one.newPartner();
                var probe = Probe.of(hotel);
                probe.is(SERVED);

                probe.becomes(
                        UNAUTHORIZED,
                        (partners, keys) -> partners.suspend(hotel.name()).await());
            }
        }

        @Test
        void of_a_partner_that_is_activated_works_for_the_first_request() {
            var hotel = one.newPartner();
            var probe = Probe.of(hotel);
            probe.is(SERVED);
            probe.becomes(
                    UNAUTHORIZED,
                    (partners, keys) -> partners.suspend(hotel.name()).await());

            one.administer((partners, keys) -> partners.activate(hotel.name()).await());

            assertThat(hotel.isLetIn() && hotel.at(two).isLetIn()).isTrue();
        }

        @Test
        void gets_and_loses_a_permission() {
            var hotel = one.newPartner(Set.of(Permission.PARTNER_BOOKINGS_READ));
            var probe = Probe.of(hotel);
            probe.is(FORBIDDEN);

            probe.becomes(SERVED, update(hotel, rules -> rules.withPermissions(RULES.permissions())));
            probe.becomes(
                    FORBIDDEN, update(hotel, rules -> rules.withPermissions(Set.of(Permission.PARTNER_BOOKINGS_READ))));
        }

        @Test
        void gets_and_loses_a_list_of_addresses() {
            var hotel = one.newPartner(RULES);
            var probe = Probe.of(hotel);
            probe.is(SERVED);

            probe.becomes(
                    FORBIDDEN,
                    update(hotel, rules -> rules.withAllowedAddresses(List.of(AddressRange.parse("192.0.2.0/24")))));
            probe.becomes(
                    SERVED,
                    update(hotel, rules -> rules.withAllowedAddresses(List.of(AddressRange.parse("127.0.0.1")))));
            probe.becomes(
                    FORBIDDEN,
                    update(hotel, rules -> rules.withAllowedAddresses(List.of(AddressRange.parse("192.0.2.0/24")))));
            probe.becomes(SERVED, update(hotel, rules -> rules.withAllowedAddresses(List.of())));
        }

        @Test
        void gets_changes_and_loses_a_rate_limit() {
            var hotel = one.newPartner(RULES);
            var limit = new Probe(
                    node -> hotel.at(node).request(TestPartner.NO_CONTACT),
                    answer -> answer.headers().getOrDefault("ratelimit-policy", "none"));
            var served = Probe.of(hotel);
            limit.is("none");

            limit.becomes("\"default\";q=1000;w=60", update(hotel, rules -> rules.withRateLimit(Optional.of(1_000))));
            served.is(SERVED);
            limit.becomes("\"default\";q=1;w=60", update(hotel, rules -> rules.withRateLimit(Optional.of(1))));
            served.is("429 RATE_LIMIT_EXCEEDED");
            limit.becomes("\"default\";q=2000;w=60", update(hotel, rules -> rules.withRateLimit(Optional.of(2_000))));
            served.is(SERVED);
            limit.becomes("none", update(hotel, rules -> rules.withRateLimit(Optional.empty())));
        }

        @Test
        void gets_and_loses_a_quota_of_new_contacts() {
            var hotel = one.newPartner(RULES);
            var newContact = Probe.of(
                    node -> hotel.at(node).contactRequest(TestPartner.contactJson(RunningApi.newPhone(), "Ahmed Ali")));
            newContact.is("200");

            newContact.becomes(
                    "429 RATE_LIMIT_EXCEEDED", update(hotel, rules -> rules.withNewContactsPerDay(Optional.of(1))));
            newContact.becomes("200", update(hotel, rules -> rules.withNewContactsPerDay(Optional.of(1_000_000))));
            newContact.becomes(
                    "429 RATE_LIMIT_EXCEEDED", update(hotel, rules -> rules.withNewContactsPerDay(Optional.of(1))));
            newContact.becomes("200", update(hotel, rules -> rules.withNewContactsPerDay(Optional.empty())));
        }
    }

    @Nested
    class A_domain {
        private static final Domain SHOP = Domain.parse("shop.example", false);
        private static final String NOT_REGISTERED = "403 INVALID_PARTNER_DOMAIN";

        @Test
        void that_is_added_keeps_other_pages_out_and_that_is_removed_lets_them_in() {
            var hotel = one.newPartner(RULES);
            var fromElsewhere = Probe.of(hotel, "Origin", "https://elsewhere.example");
            var fromShop = Probe.of(hotel, "Origin", "https://shop.example");
            fromElsewhere.is(SERVED);

            fromElsewhere.becomes(
                    NOT_REGISTERED,
                    (partners, keys) -> partners.addDomain(hotel.name(), SHOP).await());
            fromShop.is(SERVED);
            fromElsewhere.becomes(
                    SERVED,
                    (partners, keys) -> partners.addDomain(hotel.name(), Domain.parse("elsewhere.example", false))
                            .await());
            fromShop.becomes(
                    NOT_REGISTERED,
                    (partners, keys) ->
                            partners.removeDomain(hotel.name(), SHOP.host()).await());
            fromShop.becomes(
                    SERVED,
                    (partners, keys) -> partners.removeDomain(hotel.name(), "elsewhere.example")
                            .await());
        }

        @Test
        void for_trying_out_is_let_in_while_sandbox_access_is_on() {
            var hotel = one.newPartner(RULES, Domain.parse("try.example", true));
            var probe = Probe.of(hotel, "Origin", "https://try.example");
            probe.is("403 SANDBOX_DOMAIN_NOT_ALLOWED");

            probe.becomes(
                    SERVED,
                    (partners, keys) ->
                            partners.setSandboxAccess(hotel.name(), true).await());
            probe.becomes(
                    "403 SANDBOX_DOMAIN_NOT_ALLOWED",
                    (partners, keys) ->
                            partners.setSandboxAccess(hotel.name(), false).await());
        }

        @Test
        void answers_preflights_until_it_is_removed() {
            var hotel = one.newPartner(RULES);
            var preflight = Probe.of(node -> node.preflight(TestPartner.CONTACTS, "https://preflight.example"));
            preflight.is(NOT_REGISTERED);

            preflight.becomes(
                    "204",
                    (partners, keys) -> partners.addDomain(hotel.name(), Domain.parse("preflight.example", false))
                            .await());
            preflight.becomes(
                    NOT_REGISTERED,
                    (partners, keys) -> partners.removeDomain(hotel.name(), "preflight.example")
                            .await());
        }

        @Test
        void answers_no_preflights_while_its_partner_is_suspended() {
            var hotel = one.newPartner(RULES, Domain.parse("suspended.example", false));
            var preflight = Probe.of(node -> node.preflight(TestPartner.CONTACTS, "https://suspended.example"));
            Waiting.until(() -> preflight.isEverywhere("204"));

            preflight.becomes(
                    NOT_REGISTERED,
                    (partners, keys) -> partners.suspend(hotel.name()).await());
            preflight.becomes(
                    "204", (partners, keys) -> partners.activate(hotel.name()).await());
        }
    }

    @Nested
    class Time {
        @Test
        void ends_a_key_at_its_expiry_and_no_other() {
            var hotel = one.newPartner();
            var expiring = one.issue(hotel, RULES, Expiry.in(Duration.ofDays(90)));
            var end = CLOCK.instant().plus(Duration.ofDays(90));
            var probe = Probe.of(expiring);
            probe.is(SERVED);

            CLOCK.moveTo(end.minusNanos(1_000));
            probe.is(SERVED);

            CLOCK.moveTo(end);
            probe.is(UNAUTHORIZED);
            Probe.of(hotel).is(SERVED);

            CLOCK.moveTo(end.plus(Duration.ofDays(36_500)));
            probe.is(UNAUTHORIZED);
            Probe.of(hotel).is(SERVED);
        }

        @Test
        void ends_a_key_earlier_when_its_expiry_is_moved_and_later_when_it_is_taken_away() {
            var hotel = one.newPartner();
            var expiring = one.issue(hotel, RULES, Expiry.in(Duration.ofDays(90)));
            var probe = Probe.of(expiring);
            probe.is(SERVED);
            one.administer((partners, keys) -> keys.update(
                            expiring.keyId().toString(), UnaryOperator.identity(), Expiry.in(Duration.ofDays(1)))
                    .await());

            CLOCK.moveTo(CLOCK.instant().plus(Duration.ofDays(2)));

            Waiting.until(() -> probe.isEverywhere(UNAUTHORIZED));
            one.administer(
                    (partners, keys) -> keys.update(expiring.keyId().toString(), UnaryOperator.identity(), Expiry.NEVER)
                            .await());
            assertThat(expiring.isLetIn() && expiring.at(two).isLetIn()).isTrue();
        }
    }

    @Nested
    class A_key_that_is_rotated {
        @Test
        void has_a_successor_that_works_for_its_first_request() {
            var hotel = one.newPartner(RULES);

            var successor = one.rotate(hotel, Duration.ofDays(1));

            assertThat(successor.isLetIn() && successor.at(two).isLetIn()).isTrue();
            assertThat(successor.key()).isNotEqualTo(hotel.key());
        }

        @Test
        void works_until_the_overlap_is_over() {
            var hotel = one.newPartner(RULES);
            var old = Probe.of(hotel);
            old.is(SERVED);
            var end = CLOCK.instant().plus(Duration.ofDays(1));

            var successor = Probe.of(one.rotate(hotel, Duration.ofDays(1)));

            // By now the nodes have loaded the change.
            RawConnection.sleep(WHEN_A_CHANGE_IS_KNOWN_EVERYWHERE);
            CLOCK.moveTo(end.minusNanos(1_000));
            old.is(SERVED);
            successor.is(SERVED);
            CLOCK.moveTo(end);
            old.is(UNAUTHORIZED);
            successor.is(SERVED);
        }

        @Test
        void is_rejected_when_there_is_no_overlap() {
            var hotel = one.newPartner(RULES);
            var old = Probe.of(hotel);
            old.is(SERVED);
            var successors = new ArrayList<TestPartner>();

            old.becomes(UNAUTHORIZED, (partners, keys) -> successors.add(one.rotate(hotel, Duration.ZERO)));

            Probe.of(successors.getFirst()).is(SERVED);
        }

        @Test
        void has_a_successor_with_the_same_rules_and_a_rate_of_its_own() {
            var hotel = one.newPartner(
                    KeyRules.of(Set.of(Permission.PARTNER_BOOKINGS_READ)).withRateLimit(Optional.of(1)));
            hotel.call().error(403, "FORBIDDEN");
            hotel.call().error(429, "RATE_LIMIT_EXCEEDED");

            var successor = one.rotate(hotel, Duration.ZERO);

            var first = successor.call();
            first.error(403, "FORBIDDEN");
            assertThat(first.headers()).containsEntry("ratelimit-policy", "\"default\";q=1;w=60");
            successor.call().error(429, "RATE_LIMIT_EXCEEDED");
        }

        @Test
        void keeps_its_list_of_addresses_in_its_successor() {
            var hotel = one.newPartner(RULES.withAllowedAddresses(List.of(AddressRange.parse("192.0.2.1"))));
            hotel.call().error(403, "FORBIDDEN");

            one.rotate(hotel, Duration.ZERO).call().error(403, "FORBIDDEN");
        }
    }
}
