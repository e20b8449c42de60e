package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sa.cleanlife.partnerapi.database.embedded.EmbeddedPostgres;

/** The PostgreSQL of a run, with full durability. */
final class Cluster implements AutoCloseable {
    /**
     * Enough for all connection pools that are open at once, and pgbench. This is the only setting that differs from
     * the server's own.
     */
    private static final int CONNECTIONS = 400;

    private final EmbeddedPostgres postgres;
    private final long postmaster;

    private Cluster(EmbeddedPostgres postgres, long postmaster) {
        this.postgres = postgres;
        this.postmaster = postmaster;
    }

    /** Starts it; the parent directory must exist. */
    static Cluster start(Path directory) throws IOException {
        CheckFailedException.require(
                !Files.getFileStore(directory.getParent()).type().equals("tmpfs"),
                "target/ is in memory, where a database is faster than on any disk; check out this project on a disk");
        // Changing max_connections requires a restart.
        try (var first = EmbeddedPostgres.serve(directory)) {
            Database.of(first.connectionUri()).execute("ALTER SYSTEM SET max_connections = " + CONNECTIONS);
        }
        var postgres = EmbeddedPostgres.serve(directory);
        try {
            var pidFile = directory.resolve("database").resolve("postmaster.pid");
            var cluster = new Cluster(
                    postgres,
                    Long.parseLong(Files.readAllLines(pidFile).getFirst().strip()));
            cluster.requireDurability();
            return cluster;
        } catch (IOException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    private void requireDurability() {
        for (var setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            var value = database().text("SHOW " + setting);
            CheckFailedException.require(
                    value.equals("on"),
                    "PostgreSQL has %s = %s; figures without durability are meaningless.",
                    setting,
                    value);
        }
    }

    Database database() {
        return Database.of(postgres.connectionUri());
    }

    Database newDatabase(String name) {
        database().execute("CREATE DATABASE " + name);
        var uri = postgres.connectionUri();
        return Database.of(uri.substring(0, uri.lastIndexOf('/') + 1) + name);
    }

    long cpuMicros() {
        return CpuTime.ofPostgres(postmaster);
    }

    @Override
    public void close() {
        postgres.close();
    }
}
