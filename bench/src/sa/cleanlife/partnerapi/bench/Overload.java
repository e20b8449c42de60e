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
 * What the server does when it is asked for far more than it can do, because its database has become slow: each new contact
 * sleeps a millisecond there. Nothing but 200 and 503 with Retry-After may come, and what was answered 200 must be there.
 */
final class Overload {
    static final String FLAT_OUT_P99 = "overload: p99 of 2,000 connections flat out, ms";
    static final String FLAT_OUT_ACCEPTED = "overload: 2,000 connections flat out, requests/s";

    /** So many that ten times the rate can be sent although each waits for its answer. */
    private static final int STORM_CONNECTIONS = 2_000;
    private static final int STORM_FACTOR = 10;
    private static final double AFTER_FACTOR = 0.7;
    private static final Duration AFTER = Duration.ofSeconds(5);
    private static final int FLAT_OUT_CONNECTIONS = 2_000;

    // Apart from those that wrk asks for, and from each other: the storm and what comes after it overlap.
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
        // Before the database becomes slow: what is measured is a server that has long been up.
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
     * Rates are in requests a second, memory in MB.
     *
     * @param capacity what it can take
     * @param notSent how many requests of the storm found all connections waiting when they were due
     * @param accepted with those of the first seconds after it, as {@code refused}
     * @param fullSpeedAfterMillis empty when it was not within the time that was looked at
     * @param unacknowledged how many contacts were created although whoever asked was refused
     * @param acknowledged the numbers of the phones that were answered 200
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
        // A request that was refused may have been begun, and what it asked for may be there.
        require(
                newRows >= newlyCreated && newRows <= newlyCreated + outcome.refused(),
                "overload: %d rows are new, but %d contacts were acknowledged",
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
            // The answers to its last requests are still awaited when others come already.
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
            throw new IllegalStateException("the storm did not end", e);
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

    /** A fast database, and far more callers than ever: existing phones, each again as soon as it is answered. */
    static void flatOut(HttpProcess fast, Contacts contacts, int seconds, Results results) {
        contacts.restore();
        var random = new SplittableRandom();
        var requests = Requests.post(fast.port(), fast.key(), () -> random.nextInt(contacts.size()));
        try (var loop = OpenLoop.connect(fast.port(), FLAT_OUT_CONNECTIONS)) {
            var answers = loop.run(Schedule.flatOut(Duration.ofSeconds(seconds)), requests);
            answers.requireAnswers("2,000 connections");
            require(answers.accepted() > 0, "2,000 connections: none was accepted");
            contacts.requireUnchanged("2,000 connections");
            results.add(FLAT_OUT_P99, answers.acceptedP99Micros() / 1e3);
            results.add(FLAT_OUT_ACCEPTED, answers.accepted() / (double) seconds);
        }
    }
}
