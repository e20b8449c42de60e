package sa.cleanlife.partnerapi.access.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sa.cleanlife.partnerapi.access.AddressRange;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** The rate limit of a key, through the front door: on one node, and on several nodes with one database. */
class RateLimitTest {
    private static final String NO_CONTACT = TestPartner.CONTACTS + "/" + UUID.randomUUID();
    private static final Duration WINDOW = Duration.ofSeconds(60);

    private static final List<RunningApi> NODES = new ArrayList<>();

    @BeforeAll
    static void start_three_nodes_on_one_database() {
        var database = TestPostgres.newDatabase();
        for (int i = 0; i < 3; i++) {
            NODES.add(RunningApi.start(database, Clock.systemUTC()));
        }
        // Counts the leases taken; each is one query.
        TestPostgres.execute(database, """
                CREATE SEQUENCE leases_taken;
                CREATE FUNCTION count_lease() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN PERFORM nextval(''leases_taken''); RETURN NULL; END';
                CREATE TRIGGER count_leases AFTER INSERT ON rate_window FOR EACH STATEMENT EXECUTE FUNCTION count_lease();
                """);
    }

    @AfterAll
    static void stop() {
        NODES.forEach(RunningApi::close);
    }

    private static TestPartner partnerWithLimit(int limit) {
        return NODES.getFirst()
                .newPartner(
                        KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ)).withRateLimit(Optional.of(limit)));
    }

    private static long leasesTaken() {
        return TestPostgres.queryNumber(
                NODES.getFirst().database(), "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM leases_taken");
    }

    private static Answer call(TestPartner partner) {
        return partner.get(NO_CONTACT);
    }

    private static boolean isServed(TestPartner partner) {
        var answer = call(partner);
        if (answer.status() == 429) {
            return false;
        }
        answer.error(404, "RESOURCE_NOT_FOUND");
        return true;
    }

    /** Moves a key's window into the past by this time. */
    private static void age(TestPartner partner, Duration time) {
        TestPostgres.execute(NODES.getFirst().database(), """
                UPDATE rate_window
                   SET taken_at = (SELECT array_agg(at - interval '%d s') FROM unnest(taken_at) AS at)
                 WHERE key_id = '%s'
                """.formatted(time.toSeconds(), partner.keyId()));
    }

    private static void useUp(TestPartner partner, int limit) {
        for (int i = 0; i < limit; i++) {
            assertThat(isServed(partner)).as("request %d of %d", i + 1, limit).isTrue();
        }
        assertThat(isServed(partner)).as("one more request").isFalse();
    }

    @Nested
    class An_answer {
        @Test
        void tells_the_limit_and_what_is_left_of_it() {
            var partner = partnerWithLimit(3);

            for (int left = 2; left >= 0; left--) {
                var headers = call(partner).headers();

                assertThat(headers).containsEntry("ratelimit-policy", "\"default\";q=3;w=60");
                assertThat(headers.get("ratelimit")).matches("\"default\";r=" + left + ";t=([1-9]|[1-5][0-9]|60)");
                assertThat(headers).doesNotContainKey("retry-after");
            }
        }

        @Test
        void over_the_limit_has_retry_after() {
            var partner = partnerWithLimit(1);
            useUp(partner, 1);

            var answer = call(partner);

            assertThat(answer.error(429, "RATE_LIMIT_EXCEEDED").get("message").asString())
                    .isEqualTo("Partner API rate limit exceeded");
            var retryAfter = answer.headers().get("retry-after");
            assertThat(Integer.parseInt(retryAfter)).isBetween(55, 60);
            assertThat(answer.headers())
                    .containsEntry("ratelimit-policy", "\"default\";q=1;w=60")
                    .containsEntry("ratelimit", "\"default\";r=0;t=" + retryAfter);
        }

        @Test
        void to_a_key_without_a_limit_says_nothing_of_limits() {
            var partner = NODES.getFirst().newPartner();
            long before = leasesTaken();

            assertThat(call(partner).headers()).doesNotContainKeys("ratelimit-policy", "ratelimit", "retry-after");
            assertThat(leasesTaken()).as("leases taken").isEqualTo(before);
        }
    }

    @Nested
    class A_call_counts {
        @Test
        void also_when_the_request_is_refused() {
            var partner = partnerWithLimit(3);
            partner.postContact("{\"phone\":5}").error(400, "VALIDATION_ERROR");
            partner.getContact("no-uuid").error(400, "VALIDATION_ERROR");
            assertThat(isServed(partner)).isTrue();

            partner.postContact("{\"phone\":5}").error(429, "RATE_LIMIT_EXCEEDED");
        }

        @Test
        void also_when_the_permission_is_missing() {
            var partner = NODES.getFirst()
                    .newPartner(KeyRules.of(Set.of(Permission.PARTNER_BOOKINGS_READ))
                            .withRateLimit(Optional.of(2)));
            call(partner).error(403, "FORBIDDEN");
            call(partner).error(403, "FORBIDDEN");

            call(partner).error(429, "RATE_LIMIT_EXCEEDED");
        }

        @Test
        void not_when_the_address_is_refused() {
            var rules = KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ)).withRateLimit(Optional.of(2));
            var partner =
                    NODES.getFirst().newPartner(rules.withAllowedAddresses(List.of(AddressRange.parse("192.0.2.1"))));
            for (int i = 0; i < 5; i++) {
                call(partner).error(403, "FORBIDDEN");
            }

            assertThat(TestPostgres.queryNumber(
                            NODES.getFirst().database(),
                            "SELECT count(*) FROM rate_window WHERE key_id = '" + partner.keyId() + "'"))
                    .isZero();
        }

        @Test
        void not_when_it_is_over_the_limit() {
            var partner = partnerWithLimit(2);
            useUp(partner, 2);
            for (int i = 0; i < 20; i++) {
                assertThat(isServed(partner)).isFalse();
            }

            assertThat(TestPostgres.queryNumber(
                            NODES.getFirst().database(),
                            "SELECT sum(n) FROM rate_window, unnest(taken) AS n WHERE key_id = '" + partner.keyId()
                                    + "'"))
                    .isEqualTo(2);
        }

        @Test
        void for_its_own_key_alone() {
            var one = partnerWithLimit(1);
            var other = partnerWithLimit(1);
            useUp(one, 1);

            assertThat(isServed(other)).isTrue();
        }
    }

    @Nested
    class A_limit {
        @Test
        void holds_on_all_nodes_together() {
            var partner = partnerWithLimit(6);
            int served = 0;
            for (int i = 0; i < 12; i++) {
                served += isServed(partner.at(NODES.get(i % NODES.size()))) ? 1 : 0;
            }

            assertThat(served).isEqualTo(6);
        }

        @Test
        void is_not_given_anew_by_a_node_that_was_restarted() {
            var partner = partnerWithLimit(2);
            useUp(partner, 2);

            try (var restarted = RunningApi.start(NODES.getFirst().database(), Clock.systemUTC())) {
                assertThat(isServed(partner.at(restarted))).isFalse();
            }
        }

        @Test
        void serves_a_request_that_waited_for_retry_after() throws InterruptedException {
            var partner = partnerWithLimit(2);
            useUp(partner, 2);
            age(partner, Duration.ofSeconds(58));
            var elsewhere = partner.at(NODES.get(1));
            var retryAfter = Integer.parseInt(call(elsewhere).headers().get("retry-after"));
            assertThat(retryAfter).isBetween(1, 2);

            Thread.sleep(Duration.ofSeconds(retryAfter));

            assertThat(isServed(elsewhere)).isTrue();
        }

        @Test
        void slides_so_that_earlier_use_expires_earlier() throws InterruptedException {
            var partner = partnerWithLimit(2);
            assertThat(isServed(partner)).isTrue();
            age(partner, Duration.ofSeconds(59));
            assertThat(isServed(partner.at(NODES.get(1)))).isTrue();
            Thread.sleep(1_100);

            var elsewhere = partner.at(NODES.get(2));

            assertThat(isServed(elsewhere)).as("the place of the first").isTrue();
            assertThat(isServed(elsewhere)).as("the place of the second").isFalse();
        }
    }

    @Tag("slow")
    @Nested
    class A_client_at_full_speed {
        private static final Duration TIME = WINDOW.plusSeconds(15);

        /**
         * How late usage of a minute ago may be released: a lease covers several requests, and a busy machine delays
         * it.
         */
        private static final Duration LONGEST_DELAY = Duration.ofSeconds(3);

        /** One client spreads its requests over three nodes; another, with its own key, sends them all to one. */
        @Test
        void is_served_up_to_its_limit_in_any_minute_on_any_number_of_nodes() throws Exception {
            long before = leasesTaken();

            List<Client> clients;
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var onThree = threads.submit(() -> ask(partnerWithLimit(600), NODES));
                var onOne = threads.submit(() -> ask(partnerWithLimit(600), NODES.subList(1, 2)));
                clients = List.of(onThree.get(), onOne.get());
            }

            for (var client : clients) {
                var atLeast = client.servedInAny(WINDOW, Served::isWithin);
                System.out.printf(
                        "%,d requests, %d served; in any 60 s: %s%n",
                        client.asked(), client.served().size(), atLeast);
                assertThat(atLeast)
                        .isNotEmpty()
                        .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(630));
                assertThat(client.servedInAny(WINDOW.plus(LONGEST_DELAY), Served::isPerhapsWithin))
                        .isNotEmpty()
                        .allSatisfy(count -> assertThat(count).isGreaterThanOrEqualTo(570));
            }
            long asked = clients.stream().mapToLong(Client::asked).sum();
            assertThat((leasesTaken() - before) * 20)
                    .as("queries, times 20 requests each")
                    .isLessThanOrEqualTo(asked);
        }

        private static void pause(Duration time) {
            try {
                Thread.sleep(time);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The server decided at some time between these two instants. */
        private record Served(long sentNanos, long answeredNanos) {
            boolean isWithin(long fromNanos, long untilNanos) {
                return sentNanos >= fromNanos && answeredNanos < untilNanos;
            }

            boolean isPerhapsWithin(long fromNanos, long untilNanos) {
                return answeredNanos >= fromNanos && sentNanos < untilNanos;
            }
        }

        @FunctionalInterface
        private interface InWindow {
            boolean test(Served served, long fromNanos, long untilNanos);
        }

        private record Client(long startedAt, long asked, List<Served> served) {
            /** The number served in each window; windows start one second apart, the first before the first request. */
            List<Integer> servedInAny(Duration window, InWindow isIn) {
                var counts = new ArrayList<Integer>();
                long last = startedAt + TIME.toNanos();
                for (long from = startedAt; from + window.toNanos() <= last; from += 1_000_000_000) {
                    long start = from;
                    counts.add((int) served.stream()
                            .filter(each -> isIn.test(each, start, start + window.toNanos()))
                            .count());
                }
                return counts;
            }
        }

        private static Client ask(TestPartner partner, List<RunningApi> nodes) {
            var served = new ConcurrentLinkedQueue<Served>();
            // The lease that each node took for these requests is used up before the measurement starts.
            nodes.forEach(node -> assertThat(isServed(partner.at(node))).isTrue());
            pause(Duration.ofSeconds(3));
            long asked = 0;
            long started = System.nanoTime();
            try (var client = new LoadClient(8)) {
                long end = started + TIME.toNanos();
                while (System.nanoTime() < end) {
                    var replies = new ArrayList<Future<Reply>>();
                    for (int i = 0; i < 24; i++) {
                        var node = nodes.get(i % nodes.size());
                        replies.add(client.getContact(
                                        node.port(),
                                        partner.key(),
                                        UUID.randomUUID().toString())
                                .onSuccess(reply -> {
                                    if (reply.status() == 404) {
                                        long now = System.nanoTime();
                                        served.add(new Served(now - reply.took().toNanos(), now));
                                    }
                                }));
                    }
                    assertThat(LoadClient.all(replies))
                            .extracting(Reply::status)
                            .isSubsetOf(404, 429);
                    asked += replies.size();
                }
            }
            return new Client(started, asked, List.copyOf(served));
        }
    }
}
