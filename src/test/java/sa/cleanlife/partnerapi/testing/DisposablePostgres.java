package sa.cleanlife.partnerapi.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import sa.cleanlife.partnerapi.database.embedded.EmbeddedPostgres;

/** A test class's own PostgreSQL, which it may kill, freeze and misconfigure under the servers that use it. */
public final class DisposablePostgres {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final DataDirectory data;
    private final EmbeddedPostgres postgres;

    private DisposablePostgres(DataDirectory data) {
        this.data = data;
        this.postgres = EmbeddedPostgres.serve(data.path());
    }

    public static DisposablePostgres startIn(Path directory) throws IOException {
        return new DisposablePostgres(DataDirectory.of(directory));
    }

    /** The data directory, with the processes that run in it. */
    public DataDirectory data() {
        return data;
    }

    /** The URL of a new, empty database. */
    public String newDatabase() {
        var name = "disposable_" + DATABASES.incrementAndGet();
        var uri = postgres.connectionUri();
        TestPostgres.execute(uri, "CREATE DATABASE " + name);
        return uri.substring(0, uri.lastIndexOf('/') + 1) + name;
    }

    /** Changes a setting for all its databases, for example {@code fsync = off}. */
    public void set(String setting) {
        TestPostgres.execute(postgres.connectionUri(), "ALTER SYSTEM SET " + setting);
        TestPostgres.execute(postgres.connectionUri(), "SELECT pg_reload_conf()");
    }

    public void reset(String name) {
        TestPostgres.execute(postgres.connectionUri(), "ALTER SYSTEM RESET " + name);
        TestPostgres.execute(postgres.connectionUri(), "SELECT pg_reload_conf()");
    }

    /** Restores the database for the next test, whatever its state. */
    public void ensureItRuns() throws Exception {
        if (data.postgresProcesses().isEmpty()) {
            data.restartPostgres();
        }
    }

    public void stop() throws Exception {
        try {
            postgres.close();
        } finally {
            data.killEverything();
        }
    }
}
