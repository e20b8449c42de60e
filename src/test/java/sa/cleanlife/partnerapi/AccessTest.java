package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.Permission;

/** Access, through the front door: who is let in, and what the others are told. */
class AccessTest {
    private static final Duration WHEN_A_CHANGE_IS_KNOWN_EVERYWHERE = Duration.ofSeconds(1);

    /** Well-formed, and issued by nobody. */
    private static final String UNKNOWN_KEY = "pk_live_0123456789ABCDEFGHIJKLMNOP49O6qD";

    private static final String NO_CONTACT = TestPartner.CONTACTS + "/" + UUID.randomUUID();
    private static final String BAD_BODY = "{\"phone\":5}";

    private final TestServer server = TestServer.shared();
    private final TestPartner hotel = server.newPartner();

    private static HttpRequest.Builder get(TestServer server, String path) {
        return HttpRequest.newBuilder(server.uri(path)).GET();
    }

    private static HttpRequest.Builder post(TestServer server, String path, String json) {
        return HttpRequest.newBuilder(server.uri(path))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(json));
    }

    /** Whether the key opens the route: the contact asked for is not there. */
    private static boolean isLetIn(TestPartner partner) {
        return TestPartner.send(partner.get(NO_CONTACT)).status() == 404;
    }

    private static boolean isRefused(TestPartner partner) {
        return TestPartner.send(partner.get(NO_CONTACT)).status() == 401;
    }

    private static boolean within(Duration time, BooleanSupplier condition) {
        long deadline = System.nanoTime() + time.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause();
        }
        return System.nanoTime() <= deadline;
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void waitUntil(BooleanSupplier condition) {
        assertThat(within(Duration.ofSeconds(5), condition)).isTrue();
    }

    private static void setStatus(TestPartner partner, String status) {
        TestPostgres.execute(
                partner.server().database(),
                "UPDATE partner SET status = '" + status + "' WHERE name = '" + partner.name()
                        + "'; UPDATE access_version SET version = gen_random_uuid()");
    }

    private static String issue(TestServer server, String partner, Optional<Duration> validFor) {
        return server.administer((partners, keys) -> keys.issue(
                                partner, EnumSet.allOf(Permission.class), ApiKey.Kind.LIVE, validFor)
                        .await())
                .key()
                .reveal();
    }

    @Nested
    class Who_is_not_let_in {
        enum Caller {
            WITHOUT_A_KEY,
            WITH_AN_EMPTY_KEY,
            WITH_A_MALFORMED_KEY,
            WITH_A_KEY_OF_A_WRONG_CHECKSUM,
            WITH_A_KEY_TO_WHICH_SOMETHING_WAS_ADDED,
            WITH_A_WELL_FORMED_KEY_THAT_NOBODY_ISSUED,
            WITH_A_REVOKED_KEY,
            OF_A_SUSPENDED_PARTNER,
            OF_AN_INACTIVE_PARTNER,
        }

        @ParameterizedTest
        @EnumSource
        void gets_one_and_the_same_answer(Caller caller) {
            var partner = refused(caller);
            var get = get(server, NO_CONTACT);
            var post = post(server, TestPartner.CONTACTS, TestPartner.contactJson("+966500000100", "Ahmed Ali"));
            if (caller != Caller.WITHOUT_A_KEY) {
                get.header("x-api-key", partner.key());
                post.header("x-api-key", partner.key());
            }

            for (var request : List.of(get, post)) {
                var answer = TestPartner.send(request);

                answer.error(401, "UNAUTHORIZED");
                assertThat(withoutRequestId(answer))
                        .isEqualTo(withoutRequestId(
                                TestPartner.send(hotel.withKey("nonsense").get(NO_CONTACT))));
            }
            assertThat(TestPostgres.queryNumber(
                            server.database(), "SELECT count(*) FROM contact WHERE phone = '+966500000100'"))
                    .isZero();
        }

        private TestPartner refused(Caller caller) {
            var key = hotel.key();
            return switch (caller) {
                case WITHOUT_A_KEY -> hotel;
                case WITH_AN_EMPTY_KEY -> hotel.withKey("");
                case WITH_A_MALFORMED_KEY -> hotel.withKey(key.replace("pk_", "sk_"));
                case WITH_A_KEY_OF_A_WRONG_CHECKSUM ->
                    hotel.withKey(key.substring(0, key.length() - 1) + (key.endsWith("a") ? "b" : "a"));
                case WITH_A_KEY_TO_WHICH_SOMETHING_WAS_ADDED -> hotel.withKey(key + "0");
                case WITH_A_WELL_FORMED_KEY_THAT_NOBODY_ISSUED -> hotel.withKey(UNKNOWN_KEY);
                case WITH_A_REVOKED_KEY -> {
                    var partner = known(server.newPartner());
                    server.administer((partners, keys) ->
                            keys.revoke(partner.keyId().toString()).await());
                    yield onceRefused(partner);
                }
                case OF_A_SUSPENDED_PARTNER -> {
                    var partner = known(server.newPartner());
                    server.administer(
                            (partners, keys) -> partners.suspend(partner.name()).await());
                    yield onceRefused(partner);
                }
                case OF_AN_INACTIVE_PARTNER -> {
                    var partner = known(server.newPartner());
                    setStatus(partner, "INACTIVE");
                    yield onceRefused(partner);
                }
            };
        }

        private TestPartner known(TestPartner partner) {
            assertThat(isLetIn(partner)).isTrue();
            return partner;
        }

        private TestPartner onceRefused(TestPartner partner) {
            waitUntil(() -> isRefused(partner));
            return partner;
        }

        private Answer withoutRequestId(Answer answer) {
            var headers = new HashMap<>(answer.headers());
            var requestId = String.valueOf(headers.remove("x-request-id"));
            return new Answer(answer.status(), headers, answer.body().replace(requestId, "…"));
        }

        @Test
        void is_let_in_again_once_active_again() {
            var partner = known(server.newPartner());
            server.administer(
                    (partners, keys) -> partners.suspend(partner.name()).await());
            waitUntil(() -> isRefused(partner));

            server.administer(
                    (partners, keys) -> partners.activate(partner.name()).await());

            assertThat(isLetIn(partner)).isTrue();
            setStatus(partner, "INACTIVE");
            waitUntil(() -> isRefused(partner));
            server.administer(
                    (partners, keys) -> partners.activate(partner.name()).await());
            assertThat(isLetIn(partner)).isTrue();
        }

        @Test
        void does_not_take_another_key_of_the_partner_along_when_one_is_revoked() {
            var second = issue(server, hotel.name(), Optional.empty());
            server.administer(
                    (partners, keys) -> keys.revoke(hotel.keyId().toString()).await());

            waitUntil(() -> isRefused(hotel));

            assertThat(isLetIn(hotel.withKey(second))).isTrue();
        }
    }

    @Nested
    class A_key_that_expires {
        @Test
        void opens_until_that_moment_and_then_no_more() {
            var issuedAt = Instant.now();
            var clock = new TestClock(issuedAt);
            try (var node = TestServer.start(TestPostgres.newDatabase(), clock)) {
                var partner = node.newPartner();
                var expiring = partner.withKey(issue(node, partner.name(), Optional.of(Duration.ofDays(90))));
                assertThat(isLetIn(expiring)).isTrue();
                var end = expiryOf(node);

                clock.moveTo(end.minusNanos(1_000));
                assertThat(isLetIn(expiring)).isTrue();

                clock.moveTo(end);
                assertThat(isRefused(expiring)).isTrue();
                assertThat(isLetIn(partner)).isTrue();

                clock.moveTo(issuedAt.plus(Duration.ofDays(36_500)));
                assertThat(isRefused(expiring)).isTrue();
                assertThat(isLetIn(partner)).isTrue();
            }
        }

        private Instant expiryOf(TestServer node) {
            return Instant.EPOCH.plus(
                    TestPostgres.queryNumber(
                            node.database(),
                            "SELECT (extract(epoch FROM expires_at) * 1000000)::bigint FROM api_key WHERE expires_at IS NOT NULL"),
                    ChronoUnit.MICROS);
        }
    }

    @Nested
    class Where_the_key_is {
        private Answer getWith(Optional<String> header, String query) {
            var request = get(server, NO_CONTACT + query);
            header.ifPresent(key -> request.header("x-api-key", key));
            return TestPartner.send(request);
        }

        @Test
        void may_be_the_query_alone() {
            assertThat(getWith(Optional.empty(), "?api_key=" + hotel.key()).status())
                    .isEqualTo(404);
            var post = post(
                    server,
                    TestPartner.CONTACTS + "?api_key=" + hotel.key(),
                    TestPartner.contactJson("+966500000101", "Ahmed Ali"));
            assertThat(TestPartner.send(post).status()).isEqualTo(200);
        }

        @Test
        void may_be_the_query_percent_encoded_among_others() {
            var encoded = hotel.key().replace("_", "%5F");

            assertThat(getWith(Optional.empty(), "?a=1&api_key=" + encoded + "&b")
                            .status())
                    .isEqualTo(404);
        }

        @Test
        void is_the_header_when_both_have_one() {
            assertThat(getWith(Optional.of(hotel.key()), "?api_key=" + UNKNOWN_KEY)
                            .status())
                    .isEqualTo(404);
            assertThat(getWith(Optional.of(UNKNOWN_KEY), "?api_key=" + hotel.key())
                            .status())
                    .isEqualTo(401);
            assertThat(getWith(Optional.of("nonsense"), "?api_key=" + hotel.key())
                            .status())
                    .isEqualTo(401);
            assertThat(getWith(Optional.of(""), "?api_key=" + hotel.key()).status())
                    .isEqualTo(401);
        }

        @Test
        void is_nowhere_else() {
            var json = "{\"api_key\":\"" + hotel.key() + "\",\"x-api-key\":\"" + hotel.key()
                    + "\",\"phone\":\"+966500000102\",\"name\":\"Ahmed Ali\"}";
            var post = post(server, TestPartner.CONTACTS, json)
                    .header("authorization", "Bearer " + hotel.key())
                    .header("cookie", "api_key=" + hotel.key());

            TestPartner.send(post).error(401, "UNAUTHORIZED");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "?api_key=%",
                    "?api_key=%zz",
                    "?api_key=%C3%28",
                    "?%zz",
                    "?api_key",
                    "?api_key=",
                    "?",
                    "?&&=&"
                })
        void malformed_queries_are_no_fault_of_ours(String query) {
            var head = "GET " + NO_CONTACT + query + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

            assertThat(RawHttp.statusOf(RawHttp.send(server.port(), head + "\r\n")))
                    .isEqualTo(401);
            assertThat(RawHttp.statusOf(RawHttp.send(server.port(), head + "x-api-key: " + hotel.key() + "\r\n\r\n")))
                    .isEqualTo(404);
        }
    }

    @Nested
    class Permissions {
        private final TestPartner other =
                server.newPartner(EnumSet.complementOf(EnumSet.of(Permission.PARTNER_CONTACTS_READ)));

        @Test
        void are_named_when_missing() {
            var answers = Stream.of(
                    other.postContact("+966500000103", "Ahmed Ali"),
                    other.getContact(UUID.randomUUID().toString()));

            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.error(403, "FORBIDDEN")
                                    .get("message")
                                    .asString())
                            .contains("partner_contacts_read"));
            assertThat(TestPostgres.queryNumber(
                            server.database(), "SELECT count(*) FROM contact WHERE phone = '+966500000103'"))
                    .isZero();
        }

        @Test
        void need_only_be_the_routes_own() {
            var reader = server.newPartner(Set.of(Permission.PARTNER_CONTACTS_READ));

            var created = reader.postContact("+966500000104", "Ahmed Ali");

            assertThat(reader.getContact(created.id()).id()).isEqualTo(created.id());
        }
    }

    @Nested
    class The_order_of_checks {
        private final TestPartner unknown = hotel.withKey(UNKNOWN_KEY);
        private final TestPartner mistyped = hotel.withKey("nonsense");
        private final TestPartner lacking = server.newPartner(Set.of(Permission.PARTNER_BOOKINGS_READ));
        private final String tooLarge = "{\"name\":\"" + "x".repeat(70_000) + "\"}";

        @Test
        void is_the_key_before_the_request() {
            for (var partner : List.of(unknown, mistyped)) {
                partner.postContact(BAD_BODY).error(401, "UNAUTHORIZED");
                partner.postContact("").error(401, "UNAUTHORIZED");
                partner.postContact(tooLarge).error(401, "UNAUTHORIZED");
                partner.getContact("no-uuid").error(401, "UNAUTHORIZED");
            }
        }

        @Test
        void is_the_permission_before_the_request() {
            lacking.postContact(BAD_BODY).error(403, "FORBIDDEN");
            lacking.postContact("").error(403, "FORBIDDEN");
            lacking.postContact(tooLarge).error(403, "FORBIDDEN");
            lacking.getContact("no-uuid").error(403, "FORBIDDEN");
        }

        @Test
        void is_the_request_once_the_others_are_passed() {
            hotel.postContact(BAD_BODY).error(400, "VALIDATION_ERROR");
            hotel.postContact(tooLarge).error(413, "PAYLOAD_TOO_LARGE");
            hotel.getContact("no-uuid").error(400, "VALIDATION_ERROR");
        }
    }

    @Nested
    class On_two_nodes_with_one_database {
        private static TestServer one;
        private static TestServer two;

        @BeforeAll
        static void start() {
            var database = TestPostgres.newDatabase();
            one = TestServer.start(database, Clock.systemUTC());
            two = TestServer.start(database, Clock.systemUTC());
        }

        @AfterAll
        static void stop() {
            one.close();
            two.close();
        }

        @Test
        void a_new_key_opens_with_the_first_request() {
            var partner = one.newPartner();
            one.administer((partners, keys) -> {
                for (int i = 0; i < 20; i++) {
                    var issued = keys.issue(
                                    partner.name(), EnumSet.allOf(Permission.class), ApiKey.Kind.LIVE, Optional.empty())
                            .await();
                    var holder = partner.withKey(issued.key().reveal());

                    assertThat(isLetIn(i % 2 == 0 ? holder : holder.at(two))).isTrue();
                    assertThat(isLetIn(i % 2 == 0 ? holder.at(two) : holder)).isTrue();
                }
                return Optional.empty();
            });
        }

        @Test
        void a_revoked_key_opens_nothing_after_a_second() {
            for (int i = 0; i < 5; i++) {
                var partner = one.newPartner();
                assertThat(isLetIn(partner) && isLetIn(partner.at(two))).isTrue();

                one.administer((partners, keys) -> {
                    keys.revoke(partner.keyId().toString()).await();
                    assertIsRefusedEverywhereWithinASecond(partner);
                    return Optional.empty();
                });
            }
        }

        @Test
        void a_suspended_partners_keys_open_nothing_after_a_second() {
            for (int i = 0; i < 5; i++) {
                var partner = one.newPartner();
                assertThat(isLetIn(partner) && isLetIn(partner.at(two))).isTrue();

                one.administer((partners, keys) -> {
                    partners.suspend(partner.name()).await();
                    assertIsRefusedEverywhereWithinASecond(partner);
                    return Optional.empty();
                });
            }
        }

        private void assertIsRefusedEverywhereWithinASecond(TestPartner partner) {
            assertThat(within(
                            WHEN_A_CHANGE_IS_KNOWN_EVERYWHERE, () -> isRefused(partner) && isRefused(partner.at(two))))
                    .isTrue();
            for (int i = 0; i < 10; i++) {
                assertThat(isRefused(partner) && isRefused(partner.at(two))).isTrue();
            }
        }
    }

    @Nested
    class While_the_database_is_away {
        @Test
        void an_unknown_key_is_not_called_wrong_and_a_known_one_is_still_known() {
            var database = TestPostgres.newDatabase();
            var name = database.substring(database.lastIndexOf('/') + 1);
            var elsewhere = TestPostgres.newDatabase();
            try (var node = TestServer.start(database, Clock.systemUTC())) {
                var partner = node.newPartner();
                assertThat(isLetIn(partner)).isTrue();
                waitUntil(() -> isRefused(partner.withKey(UNKNOWN_KEY)));

                TestPostgres.execute(elsewhere, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
                TestPostgres.execute(
                        elsewhere,
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");

                var answer = TestPartner.send(partner.withKey(UNKNOWN_KEY).get(NO_CONTACT));
                answer.error(503, "SERVICE_UNAVAILABLE");
                assertThat(answer.headers()).containsKey("retry-after");
                partner.withKey("nonsense").postContact(BAD_BODY).error(401, "UNAUTHORIZED");
                partner.postContact(BAD_BODY).error(400, "VALIDATION_ERROR");

                TestPostgres.execute(elsewhere, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
                assertThat(within(Duration.ofSeconds(2), () -> isRefused(partner.withKey(UNKNOWN_KEY))))
                        .isTrue();
                assertThat(isLetIn(partner)).isTrue();
            }
        }
    }

    @Test
    void a_permission_that_only_a_newer_version_knows_spoils_no_other() {
        var partner = server.newPartner(Set.of(Permission.PARTNER_BOOKINGS_READ));
        assertThat(isLetIn(partner)).isFalse();

        TestPostgres.execute(
                server.database(),
                "UPDATE api_key SET permissions = '{partner_moon_visit,partner_contacts_read}' WHERE id = '"
                        + partner.keyId() + "'; UPDATE access_version SET version = gen_random_uuid()");

        waitUntil(() -> isLetIn(partner));
    }
}
