package sa.cleanlife.partnerapi.bench;

import static sa.cleanlife.partnerapi.bench.CheckFailedException.require;

import java.time.Duration;
import java.util.BitSet;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import sa.cleanlife.partnerapi.bench.OpenLoop.Schedule;
import sa.cleanlife.partnerapi.bench.OpenLoop.WhenBusy;

/**
 * The server under far more requests than it can handle because its database is slow: each new contact sleeps a
 * millisecond there. Every response must be a 200 or a 503 with Retry-After, and every contact with a 200 must exist.
 */
final class Overload {
    static final String FLAT_OUT_P99 = "overload: p99 of 2,000 connections flat out, ms";
    static final String FLAT_OUT_ACCEPTED = "overload: 2,000 connections flat out, requests/s";

    /** Enough connections to send ten times the capacity although each waits for its response. */
    private static final int STORM_CONNECTIONS = 2_000;
    private static final int STORM_FACTOR = 10;
    private static final double AFTER_FACTOR = 0.7;
    private static final Duration AFTER = Duration.ofSeconds(5);
    private static final int FLAT_OUT_CONNECTIONS = 2_000;

    // Phone ranges apart from wrk's and from each other: the overload and the load after it overlap.
    private static final int FIRST_OF_STORM = 85_000_000;
    private static final int FIRST_AFTER_STORM = 95_000_000;

    private final HttpProcess server;
    private final Contacts contacts;
    private final Wrk wrk;

    private Overload(HttpProcess server, Contacts contacts, Wrk wrk) {
        this.server = server;
        this.contacts = contacts;
        this.wrk = wrk;
    }

    static Overload prepare(Cluster cluster, Programs programs, Wrk wrk) {
        var database = cluster.newDatabase("overload");
        var key = programs.issueKey(database);
        var contacts = Contacts.fill(database, 1).kept();
        var overload = new Overload(programs.server(database, key), contacts, wrk);
        // Before the database becomes slow, since the measured server is to be warmed up.
        wrk.run(overload.server, Work.NEW, contacts, Rounds.CONNECTIONS, 5);
        contacts.markChanged();
        contacts.restore();
        overload.slowDown();
        return overload;
    }

    private void slowDown() {
        contacts.database().execute("""
                CREATE FUNCTION take_a_millisecond() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_sleep(0.001);
                    RETURN NEW;
                END;
                $$
                """, """
                CREATE TRIGGER slow BEFORE INSERT ON contact
                    FOR EACH ROW EXECUTE FUNCTION take_a_millisecond()
                """);
    }

    /**
     * Rates are in requests per second, memory in MB.
     *
     * @param capacity the most that the server can handle
     * @param notSent the requests that were due while all connections were busy
     * @param accepted includes the first seconds after the overload, like {@code refused}
     * @param fullSpeedAfterMillis empty when it was not reached within the measured time
     * @param unacknowledged the contacts created although their request was rejected
     * @param acknowledged the numbers of the phones whose requests got a 200
     */
    record Outcome(
            double capacity,
            double offered,
            double sent,
            long accepted,
            long refused,
            long notSent,
            double acceptedP99Millis,
            double refusedP99Millis,
            double memoryBefore,
            double memoryMost,
            double memoryAfter,
            OptionalLong fullSpeedAfterMillis,
            long unacknowledged,
            BitSet acknowledged) {
        double millisToFullSpeed() {
            return fullSpeedAfterMillis.isPresent() ? fullSpeedAfterMillis.getAsLong() : Double.POSITIVE_INFINITY;
        }

        Outcome withUnacknowledged(long contacts) {
            return new Outcome(
                    capacity,
                    offered,
                    sent,
                    accepted,
                    refused,
                    notSent,
                    acceptedP99Millis,
                    refusedP99Millis,
                    memoryBefore,
                    memoryMost,
                    memoryAfter,
                    fullSpeedAfterMillis,
                    contacts,
                    acknowledged);
        }
    }

    Outcome measure(int capacitySeconds, int stormSeconds) {
        var capacity = wrk.run(server, Work.NEW, contacts, Rounds.CONNECTIONS, capacitySeconds);
        double canTake = capacity.requests() / capacity.seconds();
        sleep(Duration.ofSeconds(1));
        long rows = contacts.count();
        long created = server.metrics().created();
        var outcome = storm(canTake, Duration.ofSeconds(stormSeconds));
        sleep(Duration.ofSeconds(2));
        long newRows = contacts.count() - rows;
        long newlyCreated = server.metrics().created() - created;
        // A rejected request may have been started, and its contact may exist.
        require(
                newRows >= newlyCreated && newRows <= newlyCreated + outcome.refused(),
                "overload: there are %d new rows, but %d contacts were acknowledged",
                newRows,
                newlyCreated);
        require(
                newlyCreated >= outcome.accepted(),
                "overload: %d new phones were accepted, but %d contacts were created",
                outcome.accepted(),
                newlyCreated);
        contacts.requireThere(outcome.acknowledged(), "overload");
        return outcome.withUnacknowledged(newRows - newlyCreated);
    }

    private Outcome storm(double canTake, Duration duration) {
        double before = Memory.residentMegabytes(server.pid());
        double offered = STORM_FACTOR * canTake;
        double offeredAfter = AFTER_FACTOR * canTake;
        try (var storm = OpenLoop.connect(server.port(), STORM_CONNECTIONS);
                var later = OpenLoop.connect(server.port(), Rounds.CONNECTIONS);
                var memory = MemoryWatch.of(server.pid())) {
            var stormed = CompletableFuture.supplyAsync(
                    () -> storm.run(Schedule.even(offered, WhenBusy.DROP, duration), newPhones(FIRST_OF_STORM)));
            // The last responses are still outstanding when the next load starts.
            sleep(duration);
            var after = later.run(Schedule.even(offeredAfter, WhenBusy.WAIT, AFTER), newPhones(FIRST_AFTER_STORM));
            var answers = join(stormed);
            answers.requireAnswers("overload");
            after.requireAnswers("after the overload");
            var acknowledged = answers.acknowledged();
            acknowledged.or(after.acknowledged());
            return new Outcome(
                    canTake,
                    offered,
                    answers.sentPerSecond(),
                    answers.accepted() + after.accepted(),
                    answers.refused() + after.refused(),
                    answers.neverSent(),
                    answers.acceptedP99Micros() / 1e3,
                    answers.refusedP99Micros() / 1e3,
                    before,
                    memory.most(),
                    Memory.residentMegabytes(server.pid()),
                    after.fullSpeedAfterMillis(offeredAfter),
                    0,
                    acknowledged);
        }
    }

    private static Answers join(CompletableFuture<Answers> answers) {
        try {
            return answers.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the overload did not end", e);
        }
    }

    private Requests newPhones(int first) {
        int[] next = {first};
        return Requests.post(server.port(), server.key(), () -> next[0]++);
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void stop(Workspace workspace) {
        workspace.stop(server.process());
    }

    /**
     * A fast database and far more clients than usual: existing phones, each client's next request as soon as it has a
     * response.
     */
    static void flatOut(HttpProcess fast, Contacts contacts, int seconds, Results results) {
        contacts.restore();
        var random = new SplittableRandom();
        var requests = Requests.post(fast.port(), fast.key(), () -> random.nextInt(contacts.size()));
        try (var loop = OpenLoop.connect(fast.port(), FLAT_OUT_CONNECTIONS)) {
            var answers = loop.run(Schedule.flatOut(Duration.ofSeconds(seconds)), requests);
            answers.requireAnswers("2,000 connections");
            require(answers.accepted() > 0, "2,000 connections: no request was accepted");
            contacts.requireUnchanged("2,000 connections");
            results.add(FLAT_OUT_P99, answers.acceptedP99Micros() / 1e3);
            results.add(FLAT_OUT_ACCEPTED, answers.accepted() / (double) seconds);
        }
    }
}
