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

/** Who invents keys learns nothing, costs the database next to nothing, and keeps nobody else out. */
class GuessingTest {
    private static final Duration FLOOD = Duration.ofMillis(1_500);
    private static final Duration TURN = Duration.ofMillis(100);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int GUESSES_AT_ONCE = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static RunningApi server;
    private static TestPartner hotel;

    /** Each look at the database for new keys is one query of access_version, which a sequence counts. */
    @BeforeAll
    static void start_a_server_whose_looks_at_the_database_are_counted() {
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

    /** With a right checksum, so only the database can tell that nobody issued it. */
    private static String wellFormed() {
        return ApiKey.generate(ApiKey.Kind.LIVE, RANDOM).reveal();
    }

    private static String withWrongChecksum() {
        var key = wellFormed();
        return key.substring(0, key.length() - 1) + (key.endsWith("a") ? "b" : "a");
    }

    private record Flood(int guesses, long looks, Duration took) {
        /** What the node looks by itself; one more for that which was due just before. */
        long ownLooks() {
            return took.dividedBy(POLL) + 2;
        }

        /** A machine that is too busy to guess faster than that cannot tell. */
        void assumeToBeOne() {
            assumeTrue(guesses > 2 * mostLooks(), toString());
        }

        /** With ten looks a second for guesses besides. */
        long mostLooks() {
            return took.dividedBy(TURN) + 1 + ownLooks();
        }
    }

    private static Flood flood(Supplier<String> guess) {
        long end = System.nanoTime() + FLOOD.toNanos();
        return flood(guess, () -> System.nanoTime() - end < 0);
    }

    /** Guesses without a pause, on all event loops; every guess must be refused as any other. */
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

    /** A flood that goes on until it is closed. */
    private static final class BackgroundFlood implements AutoCloseable {
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final CompletableFuture<Flood> flood = CompletableFuture.supplyAsync(
                () -> flood(GuessingTest::wellFormed, () -> !isOver.get()), Thread::startVirtualThread);

        BackgroundFlood() {
            RawConnection.sleep(TURN.multipliedBy(3));
        }

        /** Fails when a guess was answered otherwise than with a 401. */
        @Override
        public void close() {
            isOver.set(true);
            flood.join();
        }
    }

    @Test
    void unknown_keys_cost_at_most_ten_looks_a_second_whatever_the_flood() {
        var flood = flood(GuessingTest::wellFormed);

        flood.assumeToBeOne();
        assertThat(flood.looks())
                .as("%s", flood)
                .isGreaterThan(flood.ownLooks())
                .isLessThanOrEqualTo(flood.mostLooks());
    }

    @Test
    void a_wrong_checksum_is_refused_without_a_look() {
        var flood = flood(GuessingTest::withWrongChecksum);

        flood.assumeToBeOne();
        assertThat(flood.looks()).as("%s", flood).isLessThanOrEqualTo(flood.ownLooks());
    }

    @Test
    void a_key_that_is_issued_during_a_flood_opens_with_its_first_call() {
        try (var _ = new BackgroundFlood()) {
            for (int i = 0; i < 5; i++) {
                var issued = server.issue(hotel, KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ)), Expiry.NEVER);
                assertThat(issued.isLetIn()).isTrue();
            }
        }
    }

    @Test
    void a_revoked_key_is_refused_without_a_look() {
        var revoked = server.issue(hotel, KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ)), Expiry.NEVER);
        server.administer(
                (partners, keys) -> keys.revoke(revoked.keyId().toString()).await());
        Waiting.until(revoked::isRefused);

        var flood = flood(revoked::key);

        assertThat(flood.looks()).as("%s", flood).isLessThanOrEqualTo(flood.ownLooks());
    }

    @Test
    void a_key_of_a_suspended_partner_costs_at_most_ten_looks_a_second() {
        var suspended = server.newPartner();
        server.administer((partners, keys) -> partners.suspend(suspended.name()).await());
        Waiting.until(suspended::isRefused);

        var flood = flood(suspended::key);

        assertThat(flood.looks()).as("%s", flood).isLessThanOrEqualTo(flood.mostLooks());
    }

    @ParameterizedTest
    @ValueSource(strings = {TestPartner.UNKNOWN_KEY, "nonsense", ""})
    void a_guess_costs_whoever_guesses_a_tenth_of_a_second(String key) {
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

            // If each waited for its turn, these would take 5 s.
            for (int i = 0; i < 50; i++) {
                assertThat(hotel.isLetIn()).isTrue();
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TURN.multipliedBy(25));
        }
    }
}
