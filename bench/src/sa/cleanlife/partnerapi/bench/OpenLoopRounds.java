package sa.cleanlife.partnerapi.bench;

import java.time.Duration;
import java.util.SplittableRandom;
import sa.cleanlife.partnerapi.bench.OpenLoop.Schedule;

/** The latency of existing phones at half the server's capacity, compared with pgbench at the same rate. */
final class OpenLoopRounds {
    static final String SERVER = "open-loop p99 of the server, us";
    static final String PGBENCH = "open-loop p99 of pgbench, us";
    static final String RATE = "open-loop rate, requests/s";
    private static final int PGBENCH_CLIENTS = 16;

    private final HttpProcess server;
    private final Pgbench pgbench;
    private final Contacts contacts;
    private final Results results;

    OpenLoopRounds(HttpProcess server, Pgbench pgbench, Contacts contacts, Results results) {
        this.server = server;
        this.pgbench = pgbench;
        this.contacts = contacts;
        this.results = results;
    }

    void warmUp(double perSecond, int seconds) {
        ask(perSecond, seconds);
    }

    void measure(double perSecond, int seconds) {
        var answers = ask(perSecond, seconds);
        double pgbenchP99 = pgbench.p99AtRate(perSecond, PGBENCH_CLIENTS, seconds);
        results.add(SERVER, answers.acceptedP99Micros());
        results.add(PGBENCH, pgbenchP99);
        results.add(RATE, perSecond);
    }

    private Answers ask(double perSecond, int seconds) {
        contacts.restore();
        var random = new SplittableRandom();
        var requests = Requests.post(server.port(), server.key(), () -> random.nextInt(contacts.size()));
        try (var loop = OpenLoop.connect(server.port(), Rounds.CONNECTIONS)) {
            var answers = loop.run(Schedule.poisson(perSecond, Duration.ofSeconds(seconds)), requests);
            answers.requireAcceptance("open-loop");
            CheckFailedException.require(
                    answers.neverSent() == 0, "open-loop: %d requests were never sent", answers.neverSent());
            contacts.requireUnchanged("open-loop");
            return answers;
        }
    }
}
