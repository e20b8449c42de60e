package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;

/** A caller that guesses keys learns nothing, costs the database next to nothing, and delays no other caller. */
class GuessingTest {
    private static final Duration FLOOD = Duration.ofMillis(1_500);
    private static final Duration TURN = Duration.ofMillis(100);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int GUESSES_AT_ONCE = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static RunningApi server;
    private static TestPartner hotel;

    /** Each database lookup for unknown keys is one query of access_version, which a sequence counts. */
    @BeforeAll
    static void start_a_server_with_counted_lookups() {
        server = RunningApi.start(TestPostgres.newDatabase(), Clock.systemUTC());
        hotel = server.newPartner();
        TestPostgres.execute(server.database(), """
                CREATE SEQUENCE looks;
                CREATE FUNCTION counted(version uuid) RETURNS uuid LANGUAGE plpgsql AS
                    'BEGIN PERFORM nextval(''looks''); RETURN version; END';
                CREATE FUNCTION renew() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN UPDATE uncounted_version SET version = NEW.version; RETURN NEW; END';
                ALTER TABLE access_version RENAME TO uncounted_version;
                CREATE VIEW access_version AS SELECT counted(version) AS version FROM uncounted_version;
                CREATE TRIGGER renew INSTEAD OF UPDATE ON access_version FOR EACH ROW EXECUTE FUNCTION renew();
                """);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static long looks() {
        return TestPostgres.queryNumber(
                server.database(), "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM looks");
    }

    /** A key with a correct checksum, so that only the database can tell that it was never issued. */
    private static String wellFormed() {
        return ApiKey.generate(ApiKey.Kind.LIVE, RANDOM).reveal();
    }

    private static String withWrongChecksum() {
        var key = wellFormed();
        return key.substring(0, key.length() - 1) + (key.endsWith("a") ? "b" : "a");
    }

    private record Flood(int guesses, long looks, Duration took) {
        /** The node's own polls; one more for a poll that was due just before. */
        long ownLooks() {
            return took.dividedBy(POLL) + 2;
        }

        /** The test proves something only if there were more guesses than lookups could be. */
        void assumeLargeEnough() {
            assumeTrue(guesses > 2 * mostLooks(), toString());
        }

        /** The node's own polls, and ten lookups a second for guesses. */
        long mostLooks() {
            return took.dividedBy(TURN) + 1 + ownLooks();
        }
    }

    private static Flood flood(Supplier<String> guess) {
        long end = System.nanoTime() + FLOOD.toNanos();
        return flood(guess, () -> System.nanoTime() - end < 0);
    }

    /** Guesses without a pause on all event loops; every guess must get the same 401. */
    private static Flood flood(Supplier<String> guess, BooleanSupplier goesOn) {
        long looksBefore = looks();
        long start = System.nanoTime();
        int guesses = 0;
        try (var client = new LoadClient(GUESSES_AT_ONCE)) {
            while (goesOn.getAsBoolean()) {
                var replies = new ArrayList<Future<LoadClient.Reply>>();
                for (int i = 0; i < GUESSES_AT_ONCE; i++) {
                    replies.add(client.getContact(
                            server.port(), guess.get(), UUID.randomUUID().toString()));
                }
                LoadClient.all(replies).forEach(reply -> {
                    assertThat(reply.status()).isEqualTo(401);
                    assertThat(reply.body()).contains("\"UNAUTHORIZED\"");
                });
                guesses += replies.size();
            }
        }
        var took = Duration.ofNanos(System.nanoTime() - start);
        return new Flood(guesses, looks() - looksBefore, took);
    }

    /** Guesses in the background until it is closed. */
    private static final class BackgroundFlood implements AutoCloseable {
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final CompletableFuture<Flood> flood = CompletableFuture.supplyAsync(
                () -> flood(GuessingTest::wellFormed, () -> !isOver.get()), Thread::startVirtualThread);

        BackgroundFlood() {
            RawConnection.sleep(TURN.multipliedBy(3));
        }

        /** Fails when a guess got another response than a 401. */
        @Override
        public void close() {
            isOver.set(true);
            flood.join();
        }
    }

    @Test
    void unknown_keys_cost_at_most_ten_lookups_a_second_whatever_the_flood() {
        var flood = flood(GuessingTest::wellFormed);

        flood.assumeLargeEnough();
        assertThat(flood.looks())
                .as("%s", flood)
                .isGreaterThan(flood.ownLooks())
                .isLessThanOrEqualTo(flood.mostLooks());
    }

    @Test
    void a_wrong_checksum_is_refused_without_a_lookup() {
        var flood = flood(GuessingTest::withWrongChecksum);

        flood.assumeLargeEnough();
        assertThat(flood.looks()).as("%s", flood).isLessThanOrEqualTo(flood.ownLooks());
    }

    @Test
    void a_key_issued_during_a_flood_works_for_its_first_request() {
        try (var _ = new BackgroundFlood()) {
            for (int i = 0; i < 5; i++) {
                var issued = server.issue(hotel, KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ)), Expiry.NEVER);
                assertThat(issued.isLetIn()).isTrue();
            }
        }
    }

    @Test
    void a_revoked_key_is_refused_without_a_lookup() {
        var revoked = server.issue(hotel, KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ)), Expiry.NEVER);
        server.administer(
                (partners, keys) -> keys.revoke(revoked.keyId().toString()).await());
        Waiting.until(revoked::isRefused);

        var flood = flood(revoked::key);

        assertThat(flood.looks()).as("%s", flood).isLessThanOrEqualTo(flood.ownLooks());
    }

    @Test
    void a_key_of_a_suspended_partner_costs_at_most_ten_lookups_a_second() {
        var suspended = server.newPartner();
        server.administer((partners, keys) -> partners.suspend(suspended.name()).await());
        Waiting.until(suspended::isRefused);

        var flood = flood(suspended::key);

        assertThat(flood.looks()).as("%s", flood).isLessThanOrEqualTo(flood.mostLooks());
    }

    @ParameterizedTest
    @ValueSource(strings = {TestPartner.UNKNOWN_KEY, "nonsense", ""})
    void a_rejected_key_is_answered_after_a_tenth_of_a_second(String key) {
        var guesser = hotel.withKey(key);
        assertThat(guesser.isRefused()).isTrue();
        long start = System.nanoTime();

        for (int i = 0; i < 6; i++) {
            assertThat(guesser.isRefused()).isTrue();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(TURN.multipliedBy(5));
    }

    @Test
    void no_guess_keeps_a_known_key_waiting() {
        try (var _ = new BackgroundFlood()) {
            long start = System.nanoTime();

            // If each waited like an unknown key, these would take 5 s.
            for (int i = 0; i < 50; i++) {
                assertThat(hotel.isLetIn()).isTrue();
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TURN.multipliedBy(25));
        }
    }
}
