package sa.cleanlife.partnerapi.contacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestClock;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The quota of new contacts of a key, and the warning about many, on two nodes with one database. */
@Timeout(60)
class NewContactsTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration SLOT = Duration.ofMinutes(5);

    /** At the end of a slot; a slot counts as a whole. */
    private static final TestClock CLOCK = new TestClock(Instant.parse("2026-11-23T10:04:59Z"));

    private static RunningApi oneNode;
    private static RunningApi otherNode;

    @BeforeAll
    static void start_two_nodes_on_one_database() {
        var database = TestPostgres.newDatabase();
        oneNode = RunningApi.start(database, CLOCK);
        otherNode = RunningApi.start(database, CLOCK);
    }

    @AfterAll
    static void stop() {
        try (var _ = oneNode;
                var _ = otherNode) {
            // Try-with-resources closes each node even if the other fails to close.
        }
    }

    private static void timePasses(Duration time) {
        CLOCK.moveTo(CLOCK.instant().plus(time));
    }

    private static TestPartner partnerWithQuota(int quota) {
        return oneNode.newPartner(
                KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ)).withNewContactsPerDay(Optional.of(quota)));
    }

    private static void setQuota(TestPartner partner, Optional<Integer> quota) {
        partner.server()
                .administer((partners, keys) -> keys.update(
                                partner.keyId().toString(),
                                key -> key.withRules(key.rules().withNewContactsPerDay(quota)))
                        .await());
    }

    private static Answer create(TestPartner partner) {
        return partner.postContact(RunningApi.newPhone(), "Ahmed Ali");
    }

    private static boolean isCreated(TestPartner partner) {
        var answer = create(partner);
        if (answer.status() == 429) {
            return false;
        }
        assertThat(answer.isNewContact()).isTrue();
        return true;
    }

    private static void useUp(TestPartner partner, int quota) {
        for (int i = 0; i < quota; i++) {
            assertThat(isCreated(partner)).as("contact %d of %d", i + 1, quota).isTrue();
        }
        assertThat(isCreated(partner)).as("one more contact").isFalse();
    }

    private static long counted(TestPartner partner) {
        return TestPostgres.queryNumber(
                oneNode.database(),
                "SELECT coalesce(sum(n), 0) FROM new_contact_window, unnest(contacts) AS n WHERE key_id = '"
                        + partner.keyId() + "'");
    }

    private static long stored(TestPartner partner) {
        return TestPostgres.queryNumber(
                oneNode.database(), "SELECT count(*) FROM contact WHERE created_by_key = '" + partner.keyId() + "'");
    }

    @Nested
    class A_quota {
        @Test
        void is_met_exactly_by_many_requests_on_two_nodes_and_known_contacts_are_found() {
            var partner = partnerWithQuota(50);
            var other = oneNode.newPartner();
            var known =
                    IntStream.range(0, 40).mapToObj(i -> RunningApi.newPhone()).toList();
            known.forEach(phone -> other.postContact(phone, "Ahmed Ali").data());

            var creations = new ArrayList<Future<Reply>>();
            var findings = new ArrayList<Future<Reply>>();
            List<Reply> created;
            List<Reply> found;
            try (var client = new LoadClient(120)) {
                for (int i = 0; i < 240; i++) {
                    var port = (i % 2 == 0 ? oneNode : otherNode).port();
                    creations.add(client.postContact(port, partner.key(), RunningApi.newPhone(), "Ahmed Ali"));
                    if (i % 6 == 0) {
                        findings.add(client.postContact(port, partner.key(), known.get(i / 6), "Ahmed Ali"));
                    }
                }
                created = LoadClient.all(creations);
                found = LoadClient.all(findings);
            }

            assertThat(found)
                    .allSatisfy(reply -> assertThat(reply.isNewContact()).isFalse());
            assertThat(created.stream().filter(reply -> reply.status() == 200))
                    .hasSize(50)
                    .allSatisfy(reply -> assertThat(reply.isNewContact()).isTrue());
            assertThat(created.stream().filter(reply -> reply.status() == 429)).hasSize(190);
            assertThat(stored(partner)).isEqualTo(50);
            assertThat(counted(partner)).isEqualTo(50);
        }

        @Test
        void that_is_used_up_has_its_own_error_message_and_stores_no_contact() {
            var partner = partnerWithQuota(1);
            useUp(partner, 1);
            var phone = RunningApi.newPhone();

            var answer = partner.postContact(phone, "Ahmed Ali");

            assertThat(answer.error(429, "RATE_LIMIT_EXCEEDED").get("message").asString())
                    .isEqualTo(
                            "This API key has used up its 24-hour quota of new contacts; existing contacts are still found.");
            assertThat(Integer.parseInt(answer.headers().get("retry-after"))).isPositive();
            assertThat(TestPostgres.queryNumber(
                            oneNode.database(), "SELECT count(*) FROM contact WHERE phone = '" + phone + "'"))
                    .isZero();
        }

        @Test
        void is_not_used_when_a_contact_is_found() {
            var partner = partnerWithQuota(2);
            var phone = RunningApi.newPhone();
            var first = partner.postContact(phone, "Ahmed Ali");
            for (int i = 0; i < 5; i++) {
                assertThat(partner.at(otherNode).postContact(phone, "Ahmed Ali").isNewContact())
                        .isFalse();
            }
            assertThat(counted(partner)).isEqualTo(1);

            useUp(partner, 1);

            var found = partner.postContact(phone, "Ahmed Ali");
            assertThat(found.isNewContact()).isFalse();
            assertThat(found.id()).isEqualTo(first.id());
            assertThat(partner.get(TestPartner.CONTACTS + "/" + first.id()).id())
                    .isEqualTo(first.id());
        }

        @Test
        void gets_its_reservation_back_when_another_request_created_the_contact() throws Exception {
            var partner = partnerWithQuota(12);
            isCreated(partner.at(otherNode));
            isCreated(partner);
            var phone = RunningApi.newPhone();
            List<Reply> replies;
            try (var client = new LoadClient(20);
                    var lock = TestPostgres.connect(oneNode.database())) {
                // The lock blocks all inserts, so every request finds the phone free and reserves a contact.
                lock.setAutoCommit(false);
                lock.createStatement().execute("LOCK TABLE contact IN SHARE MODE");
                var racing = IntStream.range(0, 10)
                        .mapToObj(i -> client.postContact(
                                (i % 2 == 0 ? oneNode : otherNode).port(), partner.key(), phone, "Ahmed Ali"))
                        .toList();
                assertThat(Waiting.within(Duration.ofSeconds(1), () -> counted(partner) >= 4))
                        .as("several requests have reserved a contact")
                        .isTrue();
                lock.commit();
                replies = LoadClient.all(racing);
            }

            assertThat(replies.stream().filter(Reply::isNewContact)).hasSize(1);
            assertThat(Waiting.within(Duration.ofSeconds(2), () -> counted(partner) == 3))
                    .as("the other requests released their reservations")
                    .isTrue();
            useUp(partner, 9);
        }

        @Test
        void is_used_once_by_simultaneous_first_requests_for_one_phone() {
            for (int round = 0; round < 5; round++) {
                var partner = partnerWithQuota(1);
                var phone = RunningApi.newPhone();
                List<Reply> replies;
                try (var client = new LoadClient(20)) {
                    replies = LoadClient.all(IntStream.range(0, 20)
                            .mapToObj(i -> client.postContact(
                                    (i % 2 == 0 ? oneNode : otherNode).port(), partner.key(), phone, "Ahmed Ali"))
                            .toList());
                }

                assertThat(replies).extracting(Reply::status).containsOnly(200);
                assertThat(replies)
                        .extracting(Reply::id)
                        .containsOnly(replies.getFirst().id());
                assertThat(replies.stream().filter(Reply::isNewContact)).hasSize(1);
                assertThat(counted(partner)).isEqualTo(1);
            }
        }

        @Test
        void is_released_piece_by_piece_and_never_early() {
            var partner = partnerWithQuota(3);
            assertThat(isCreated(partner)).isTrue();
            timePasses(HOUR);
            useUp(partner, 2);

            var retryAfter =
                    Duration.ofSeconds(Long.parseLong(create(partner).headers().get("retry-after")));
            assertThat(retryAfter)
                    .as("retry-after, until a day after the first contact")
                    .isBetween(DAY.minus(HOUR), DAY.minus(HOUR).plus(SLOT));
            timePasses(DAY.minus(HOUR).minusSeconds(1));
            assertThat(isCreated(partner))
                    .as("created a second before the first contact is a day old")
                    .isFalse();

            timePasses(retryAfter.minus(DAY.minus(HOUR)).plusSeconds(1));
            useUp(partner.at(otherNode), 1);
        }

        @Test
        void applies_to_each_key_alone() {
            var partner = partnerWithQuota(1);
            var other = partnerWithQuota(1);
            useUp(partner, 1);

            assertThat(isCreated(other)).isTrue();
        }

        @Test
        void may_be_raised_lowered_and_taken_away() {
            var partner = partnerWithQuota(1);
            useUp(partner, 1);

            setQuota(partner, Optional.of(3));
            assertThat(Waiting.within(Duration.ofSeconds(1), () -> isCreated(partner)))
                    .isTrue();
            useUp(partner, 1);

            setQuota(partner, Optional.empty());
            assertThat(Waiting.within(Duration.ofSeconds(1), () -> isCreated(partner)))
                    .isTrue();
            assertThat(isCreated(partner)).isTrue();

            setQuota(partner, Optional.of(2));
            assertThat(Waiting.within(Duration.ofSeconds(1), () -> !isCreated(partner)))
                    .isTrue();
        }
    }

    @Nested
    class The_warning {
        private static List<JsonNode> of(TestPartner partner, CapturedLog log) {
            return log.json().stream()
                    .filter(line ->
                            line.contains("possible phone-number enumeration: key creates conspicuously many contacts")
                                    && line.contains(partner.keyId().toString()))
                    .map(line -> new JsonMapper().readTree(line))
                    .toList();
        }

        private static double metric() {
            return List.of(oneNode, otherNode).stream()
                    .map(node -> TestPartner.send(HttpRequest.newBuilder(node.managementUri("/metrics")))
                            .body())
                    .flatMap(String::lines)
                    .filter(line -> line.startsWith("new_contacts_warnings_total "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                    .sum();
        }

        @Test
        void is_logged_once_a_day_on_two_nodes_when_four_fifths_of_a_quota_are_used() {
            var partner = partnerWithQuota(10);
            double before = metric();
            try (var log = CapturedLog.open()) {
                for (int i = 0; i < 7; i++) {
                    isCreated(partner.at(i % 2 == 0 ? oneNode : otherNode));
                }
                RawConnection.sleep(Duration.ofMillis(100));
                assertThat(of(partner, log)).isEmpty();

                assertThat(isCreated(partner)).isTrue();
                assertThat(Waiting.within(
                                Duration.ofSeconds(2), () -> of(partner, log).size() == 1))
                        .isTrue();
                useUp(partner.at(otherNode), 2);
                isCreated(partner);
                RawConnection.sleep(Duration.ofMillis(200));

                assertThat(of(partner, log)).singleElement().satisfies(line -> {
                    assertThat(line.get("level").asString()).isEqualTo("WARN");
                    assertThat(line.get("newContactsInHour").asInt()).isEqualTo(8);
                    assertThat(line.get("newContactsInDay").asInt()).isEqualTo(8);
                });
                assertThat(metric()).isEqualTo(before + 1);

                timePasses(DAY.plus(SLOT));
                for (int i = 0; i < 8; i++) {
                    isCreated(partner.at(otherNode));
                }
                assertThat(Waiting.within(
                                Duration.ofSeconds(2), () -> of(partner, log).size() == 2))
                        .as("the next day again")
                        .isTrue();
            }
        }

        @Test
        void is_logged_for_a_key_without_a_quota_at_1000_in_an_hour_or_10_000_in_a_day() {
            var hurried = withCreated(HOUR.minus(SLOT), 999);
            var steady = withCreated(HOUR.plus(SLOT.multipliedBy(2)), 9_999);
            var modest = withCreated(HOUR.plus(SLOT.multipliedBy(2)), 9_998);
            double before = metric();
            try (var log = CapturedLog.open()) {
                for (var partner : List.of(hurried, steady, modest)) {
                    assertThat(isCreated(partner)).isTrue();
                }

                assertThat(Waiting.within(Duration.ofSeconds(15), () -> counted(modest) == 9_999))
                        .isTrue();
                assertThat(Waiting.within(
                                Duration.ofSeconds(15), () -> of(hurried, log).size() == 1))
                        .isTrue();
                assertThat(Waiting.within(
                                Duration.ofSeconds(15), () -> of(steady, log).size() == 1))
                        .isTrue();
                assertThat(of(modest, log)).isEmpty();
                assertThat(metric()).isEqualTo(before + 2);
            }
        }

        private static TestPartner withCreated(Duration ago, int contacts) {
            var partner = oneNode.newPartner();
            TestPostgres.execute(
                    oneNode.database(),
                    "INSERT INTO new_contact_window (key_id, slots, contacts) VALUES ('%s', ARRAY['%s'::timestamptz], ARRAY[%d])"
                            .formatted(partner.keyId(), CLOCK.instant().minus(ago), contacts));
            return partner;
        }
    }

    @Nested
    class A_key_without_a_quota {
        @Test
        void is_not_limited_but_counted() {
            var partner = oneNode.newPartner();
            var phone = RunningApi.newPhone();
            for (int i = 0; i < 3; i++) {
                assertThat(isCreated(partner.at(i % 2 == 0 ? oneNode : otherNode)))
                        .isTrue();
                partner.postContact(phone, "Ahmed Ali").data();
            }

            assertThat(Waiting.within(Duration.ofSeconds(15), () -> counted(partner) == 4))
                    .isTrue();
        }
    }
}
