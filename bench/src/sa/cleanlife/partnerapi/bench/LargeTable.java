package sa.cleanlife.partnerapi.bench;

import java.util.List;

/**
 * Compares the server's speed with ten million contacts and with ten thousand, each with its own database and server.
 */
final class LargeTable {
    static final String LARGE = "existing phones of 10,000,000, requests/s";
    static final String SMALL = "existing phones of 10,000, requests/s";
    private static final int LARGE_SIZE = 10_000_000;
    private static final int SMALL_SIZE = 10_000;

    /** The size of ten million contacts with their indexes and the write-ahead log. */
    static final long BYTES_NEEDED = 8L << 30;

    private final List<Side> sides;
    private final Wrk wrk;
    private final Workspace workspace;
    private final Results results;

    private record Side(String name, HttpProcess server, Contacts contacts) {}

    private LargeTable(List<Side> sides, Wrk wrk, Workspace workspace, Results results) {
        this.sides = sides;
        this.wrk = wrk;
        this.workspace = workspace;
        this.results = results;
    }

    static LargeTable fill(Cluster cluster, Programs programs, Wrk wrk, Workspace workspace, Results results) {
        return new LargeTable(
                List.of(
                        side(cluster, programs, "small_table", SMALL, SMALL_SIZE),
                        side(cluster, programs, "large_table", LARGE, LARGE_SIZE)),
                wrk,
                workspace,
                results);
    }

    private static Side side(Cluster cluster, Programs programs, String database, String name, int size) {
        var empty = cluster.newDatabase(database);
        var key = programs.issueKey(empty);
        var contacts = Contacts.fill(empty, size);
        return new Side(name, programs.server(empty, key), contacts);
    }

    void warmUp(int seconds) {
        sides.forEach(side -> ask(side, seconds));
    }

    void measure(int seconds) {
        sides.forEach(side -> results.add(side.name(), ask(side, seconds)));
    }

    private double ask(Side side, int seconds) {
        long created = side.server().metrics().created();
        var outcome = wrk.run(side.server(), Work.EXISTING, side.contacts(), Rounds.CONNECTIONS, seconds);
        CheckFailedException.require(
                side.server().metrics().created() == created, "%s: some phones did not exist", side.name());
        side.contacts().requireUnchanged(side.name());
        return outcome.requests() / outcome.seconds();
    }

    void stop() {
        sides.forEach(side -> {
            workspace.stop(side.server().process());
            side.contacts().database().execute("DROP TABLE contact");
        });
    }
}
