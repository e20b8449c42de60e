package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.RawHttp;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;

/** Access, through the front door: which keys are accepted, and what the other callers are told. */
class AccessTest {
    private final RunningApi server = RunningApi.shared();
    private final TestPartner hotel = server.newPartner();

    private static HttpRequest.Builder get(RunningApi server, String path) {
        return HttpRequest.newBuilder(server.uri(path)).GET();
    }

    private static HttpRequest.Builder post(RunningApi server, String path, String json) {
        return HttpRequest.newBuilder(server.uri(path))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(json));
    }

    private static void setStatus(TestPartner partner, String status) {
        TestPostgres.execute(
                partner.server().database(),
                "UPDATE partner SET status = '" + status + "' WHERE name = '" + partner.name()
                        + "'; UPDATE access_version SET version = gen_random_uuid()");
    }

    @Nested
    class A_caller_without_a_valid_key {
        enum Caller {
            WITHOUT_A_KEY,
            WITH_AN_EMPTY_KEY,
            WITH_A_MALFORMED_KEY,
            WITH_A_KEY_OF_A_WRONG_CHECKSUM,
            WITH_A_KEY_TO_WHICH_SOMETHING_WAS_ADDED,
            WITH_A_WELL_FORMED_KEY_THAT_NOBODY_ISSUED,
            WITH_A_REVOKED_KEY,
            WITH_AN_EXPIRED_KEY,
            WITH_A_KEY_THAT_WAS_ROTATED_WITHOUT_OVERLAP,
            OF_A_SUSPENDED_PARTNER,
            OF_AN_INACTIVE_PARTNER,
        }

        private static final String NEW_PHONE = "+966500000100";
        private static final Map<Caller, TestPartner> ONCE_LET_IN = new EnumMap<>(Caller.class);

        /** Everything is revoked at once, so that the server needs to refresh only once. */
        @BeforeAll
        static void end_the_access_of_the_known_keys() {
            var server = RunningApi.shared();
            EnumSet.range(Caller.WITH_A_REVOKED_KEY, Caller.OF_AN_INACTIVE_PARTNER)
                    .forEach(caller -> ONCE_LET_IN.put(caller, known(server.newPartner())));
            server.administer((partners, keys) -> {
                keys.revoke(id(Caller.WITH_A_REVOKED_KEY)).await();
                keys.rotate(id(Caller.WITH_A_KEY_THAT_WAS_ROTATED_WITHOUT_OVERLAP), Duration.ZERO)
                        .await();
                keys.update(id(Caller.WITH_AN_EXPIRED_KEY), UnaryOperator.identity(), Expiry.in(Duration.ofMillis(1)))
                        .await();
                return partners.suspend(onceLetIn(Caller.OF_A_SUSPENDED_PARTNER).name())
                        .await();
            });
            setStatus(onceLetIn(Caller.OF_AN_INACTIVE_PARTNER), "INACTIVE");
            ONCE_LET_IN.values().forEach(partner -> Waiting.until(partner::isRefused));
        }

        private static TestPartner onceLetIn(Caller caller) {
            return Objects.requireNonNull(ONCE_LET_IN.get(caller));
        }

        private static String id(Caller caller) {
            return onceLetIn(caller).keyId().toString();
        }

        private static TestPartner known(TestPartner partner) {
            assertThat(partner.isLetIn()).isTrue();
            return partner;
        }

        /** Callers without a key that was ever issued; the others once had a valid one. */
        @ParameterizedTest
        @EnumSource(
                names = {
                    "WITHOUT_A_KEY",
                    "WITH_AN_.*EMPTY_.*",
                    "WITH_A_MALFORMED_.*",
                    "WITH_A_KEY_(OF|TO)_.*",
                    ".*_NOBODY_ISSUED"
                },
                mode = EnumSource.Mode.MATCH_ANY)
        void gets_one_and_the_same_answer_byte_for_byte(Caller caller) {
            var key = caller == Caller.WITHOUT_A_KEY ? "" : "x-api-key: " + keyOf(caller) + "\r\n";

            assertThat(List.of(get(key), post(key))).containsOnly(THE_SAME_ANSWER);
            assertThat(TestPostgres.queryNumber(
                            server.database(), "SELECT count(*) FROM contact WHERE phone = '" + NEW_PHONE + "'"))
                    .isZero();
        }

        /** A fixed request id, so that the responses have no reason to differ. */
        private static final String COMMON_HEADERS = "Host: x\r\nX-Request-Id: same\r\nConnection: close\r\n";

        private static final String THE_SAME_ANSWER = get("x-api-key: nonsense\r\n");

        private static String get(String headers) {
            return sent("GET %s HTTP/1.1\r\n%s\r\n".formatted(TestPartner.NO_CONTACT, headers + COMMON_HEADERS));
        }

        private static String post(String headers) {
            var json = TestPartner.contactJson(NEW_PHONE, "Ahmed Ali");
            return sent("POST %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(TestPartner.CONTACTS, headers + COMMON_HEADERS, json.length(), json));
        }

        private static String sent(String request) {
            var answer = RawHttp.send(RunningApi.shared().port(), request);
            assertThat(RawHttp.statusOf(answer)).isEqualTo(401);
            return answer;
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "nonsense", TestPartner.UNKNOWN_KEY})
        void is_told_how_a_key_is_sent(String key) {
            assertThat(hotel.withKey(key)
                            .call()
                            .error(401, "UNAUTHORIZED")
                            .get("message")
                            .asString())
                    .isEqualTo("A valid API key is needed in the header x-api-key:"
                            + " pk_live_ or pk_sandbox_, followed by 32 letters and digits.");
        }

        @ParameterizedTest
        @CsvSource({
            "WITH_A_REVOKED_KEY, was revoked, the API key was revoked",
            "WITH_A_KEY_THAT_WAS_ROTATED_WITHOUT_OVERLAP, was revoked, the API key was revoked",
            "WITH_AN_EXPIRED_KEY, has expired, the API key has expired",
            "OF_A_SUSPENDED_PARTNER, is not active, the partner is not active",
            "OF_AN_INACTIVE_PARTNER, is not active, the partner is not active",
        })
        void is_told_the_reason_when_the_key_was_known_and_the_log_has_it_too(
                Caller caller, String told, String reason) {
            var partner = onceLetIn(caller);
            try (var log = CapturedLog.open()) {
                var answer = partner.call();

                assertThat(answer.error(401, "UNAUTHORIZED").get("message").asString())
                        .contains(told)
                        .contains("ask the operator");
                assertThat(line(log, answer))
                        .contains("\"reason\":\"" + reason + "\"")
                        .contains("\"keyId\":\"" + partner.keyId() + "\"")
                        .contains("\"partner\":\"" + partner.name() + "\"");
            }
        }

        @ParameterizedTest
        @CsvSource({
            "WITHOUT_A_KEY, no API key was sent",
            "WITH_AN_EMPTY_KEY, no API key was sent",
            "WITH_A_MALFORMED_KEY, the API key is malformed",
            "WITH_A_KEY_OF_A_WRONG_CHECKSUM, the API key is malformed",
            "WITH_A_KEY_TO_WHICH_SOMETHING_WAS_ADDED, the API key is malformed",
            "WITH_A_WELL_FORMED_KEY_THAT_NOBODY_ISSUED, the API key is unknown",
        })
        void has_a_reason_in_the_log(Caller caller, String reason) {
            try (var log = CapturedLog.open()) {
                var answer = caller == Caller.WITHOUT_A_KEY
                        ? TestPartner.send(AccessTest.get(server, TestPartner.NO_CONTACT))
                        : hotel.withKey(keyOf(caller)).call();

                assertThat(line(log, answer))
                        .contains("\"reason\":\"" + reason + "\"")
                        .doesNotContain("keyId")
                        .doesNotContain("\"partner\"");
            }
        }

        private static String line(CapturedLog log, Answer answer) {
            var requestId = answer.headers().get("x-request-id");
            Waiting.until(() -> log.json().stream().anyMatch(line -> line.contains(requestId)));
            return log.json().stream()
                    .filter(line -> line.contains(requestId))
                    .findFirst()
                    .orElseThrow();
        }

        private String keyOf(Caller caller) {
            var key = hotel.key();
            return switch (caller) {
                case WITHOUT_A_KEY, WITH_AN_EMPTY_KEY -> "";
                case WITH_A_MALFORMED_KEY -> key.replace("pk_", "sk_");
                case WITH_A_KEY_OF_A_WRONG_CHECKSUM ->
                    key.substring(0, key.length() - 1) + (key.endsWith("a") ? "b" : "a");
                case WITH_A_KEY_TO_WHICH_SOMETHING_WAS_ADDED -> key + "0";
                case WITH_A_WELL_FORMED_KEY_THAT_NOBODY_ISSUED -> TestPartner.UNKNOWN_KEY;
                case WITH_A_REVOKED_KEY,
                        WITH_AN_EXPIRED_KEY,
                        WITH_A_KEY_THAT_WAS_ROTATED_WITHOUT_OVERLAP,
                        OF_A_SUSPENDED_PARTNER,
                        OF_AN_INACTIVE_PARTNER -> onceLetIn(caller).key();
            };
        }

        @Test
        void is_let_in_again_once_active_again() {
            var partner = known(server.newPartner());
            server.administer(
                    (partners, keys) -> partners.suspend(partner.name()).await());
            Waiting.until(partner::isRefused);

            server.administer(
                    (partners, keys) -> partners.activate(partner.name()).await());

            assertThat(partner.isLetIn()).isTrue();
            setStatus(partner, "INACTIVE");
            Waiting.until(partner::isRefused);
            server.administer(
                    (partners, keys) -> partners.activate(partner.name()).await());
            assertThat(partner.isLetIn()).isTrue();
        }

        @Test
        void does_not_include_the_holder_of_the_partners_other_key_when_one_is_revoked() {
            var second = server.issue(hotel, KeyRules.of(Set.of(Permission.values())), Expiry.NEVER);
            server.administer(
                    (partners, keys) -> keys.revoke(hotel.keyId().toString()).await());

            Waiting.until(hotel::isRefused);

            assertThat(second.isLetIn()).isTrue();
        }
    }

    @Nested
    class The_place_of_the_key {
        private Answer getWith(Optional<String> header, String query) {
            var request = get(server, TestPartner.NO_CONTACT + query);
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
            assertThat(getWith(Optional.of(hotel.key()), "?api_key=" + TestPartner.UNKNOWN_KEY)
                            .status())
                    .isEqualTo(404);
            assertThat(getWith(Optional.of(TestPartner.UNKNOWN_KEY), "?api_key=" + hotel.key())
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
            var head = "GET " + TestPartner.NO_CONTACT + query + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

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
        void need_only_include_that_of_the_route() {
            var reader = server.newPartner(Set.of(Permission.PARTNER_CONTACTS_READ));

            var created = reader.postContact("+966500000104", "Ahmed Ali");

            assertThat(reader.getContact(created.id()).id()).isEqualTo(created.id());
        }
    }

    @Nested
    class While_the_database_is_away {
        @Test
        void an_unknown_key_gets_503_and_a_known_key_still_works() {
            var database = TestPostgres.newDatabase();
            var name = database.substring(database.lastIndexOf('/') + 1);
            var elsewhere = TestPostgres.newDatabase();
            try (var node = RunningApi.start(database, Clock.systemUTC())) {
                var limited =
                        node.newPartner(KeyRules.of(Set.of(Permission.values())).withRateLimit(Optional.of(1_000)));
                var partner = node.newPartner();
                var suspended = node.newPartner();
                node.administer(
                        (partners, keys) -> partners.suspend(suspended.name()).await());
                assertThat(partner.isLetIn()).isTrue();
                Waiting.until(suspended::isRefused);
                Waiting.until(() -> partner.withKey(TestPartner.UNKNOWN_KEY).isRefused());

                TestPostgres.execute(elsewhere, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
                TestPostgres.execute(
                        elsewhere,
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");

                var answer = partner.withKey(TestPartner.UNKNOWN_KEY).call();
                answer.error(503, "SERVICE_UNAVAILABLE");
                assertThat(answer.headers()).containsKey("retry-after");
                partner.withKey("nonsense").postContact(TestPartner.BAD_BODY).error(401, "UNAUTHORIZED");
                partner.postContact(TestPartner.BAD_BODY).error(400, "VALIDATION_ERROR");
                assertThat(suspended
                                .call()
                                .error(401, "UNAUTHORIZED")
                                .get("message")
                                .asString())
                        .contains("is not active");
                // This key is cached too, but its rate limit cannot be checked without the database.
                limited.postContact(TestPartner.BAD_BODY).error(503, "SERVICE_UNAVAILABLE");

                TestPostgres.execute(elsewhere, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
                assertThat(Waiting.within(
                                Duration.ofSeconds(2),
                                () -> partner.withKey(TestPartner.UNKNOWN_KEY).isRefused()))
                        .isTrue();
                assertThat(partner.isLetIn()).isTrue();
            }
        }
    }

    @Test
    void an_unknown_permission_from_a_newer_version_leaves_the_others_valid() {
        var partner = server.newPartner(Set.of(Permission.PARTNER_BOOKINGS_READ));
        assertThat(partner.isLetIn()).isFalse();

        TestPostgres.execute(
                server.database(),
                "UPDATE api_key SET permissions = '{partner_moon_visit,partner_contacts_read}' WHERE id = '"
                        + partner.keyId() + "'; UPDATE access_version SET version = gen_random_uuid()");

        Waiting.until(partner::isLetIn);
    }
}
