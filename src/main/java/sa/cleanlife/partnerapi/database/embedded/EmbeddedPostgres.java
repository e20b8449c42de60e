package sa.cleanlife.partnerapi.database.embedded;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import sa.cleanlife.partnerapi.database.embedded.DataDirectoryLock.Holder;
import sa.cleanlife.partnerapi.database.embedded.DataDirectoryLock.Role;

/**
 * The PostgreSQL that the server brings along and runs in its data directory, for those who have none: durable, behind a
 * password of its own, and reachable from this machine only. A data directory serves one server, and beside it any number
 * of commands. What a server that was killed left running is taken over as it is. Every failure is an
 * {@link EmbeddedPostgresException}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** How long a server waits for a command to end. */
    private static final Duration SERVER_TIMEOUT = Duration.ofSeconds(10);

    /** How long a command waits for another to end, or for a server to come up. */
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

    private final Path dataDirectory;
    private final int port;
    private final String password;

    /** Empty when the server's is only used. */
    private final Optional<EmbeddedCluster> own;

    private boolean closed;

    private EmbeddedPostgres(Path dataDirectory, Postmaster postmaster, Optional<EmbeddedCluster> own)
            throws IOException {
        this.dataDirectory = dataDirectory;
        this.port = postmaster.port();
        this.password = EmbeddedCluster.password(dataDirectory);
        this.own = own;
    }

    /** For the server: starts PostgreSQL, and stops it when closed. */
    public static EmbeddedPostgres serve(Path dataDirectory) {
        try {
            return serveIn(prepared(dataDirectory));
        } catch (IOException e) {
            throw unusable(dataDirectory, e);
        }
    }

    /** For a command: uses the PostgreSQL of the server that runs, or else starts and stops it as a server would. */
    public static EmbeddedPostgres forCommand(Path dataDirectory) {
        try {
            return forCommandIn(prepared(dataDirectory));
        } catch (IOException e) {
            throw unusable(dataDirectory, e);
        }
    }

    /** Where the database is and how to get in, as {@code postgresql://user:password@host:port/database}: a secret. */
    public String connectionUri() {
        var name = EmbeddedCluster.NAME;
        return "postgresql://%s:%s@%s:%d/%s".formatted(name, password, EmbeddedCluster.HOST, port, name);
    }

    /** Starts PostgreSQL again, on the same port, if it has died. */
    public synchronized void revive() {
        try {
            if (!closed && own.isPresent()) {
                var postmaster = own.get().start();
                if (postmaster.port() != port) {
                    throw new EmbeddedPostgresException("PostgreSQL could not have its port " + port + " again.");
                }
            }
        } catch (IOException e) {
            throw unusable(dataDirectory, e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (own.isPresent()) {
                own.get().close();
            }
        } catch (IOException e) {
            throw unusable(dataDirectory, e);
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL in " + dataDirectory + " on port " + port;
    }

    private static EmbeddedPostgres serveIn(Path dataDirectory) throws IOException {
        var deadline = Deadline.in(SERVER_TIMEOUT);
        while (true) {
            var lock = DataDirectoryLock.tryAcquire(dataDirectory, Role.SERVER);
            if (lock.isPresent()) {
                return start(lock.get());
            }
            var holder = DataDirectoryLock.holder(dataDirectory);
            if (deadline.hasPassed() || holder.filter(Holder::isServer).isPresent()) {
                throw new EmbeddedPostgresException("The data directory " + dataDirectory + " is in use by "
                        + holder.map(Holder::toString).orElse("another process")
                        + ". Stop it, or set PARTNER_API_DATA_DIR to another directory.");
            }
            deadline.pause();
        }
    }

    private static EmbeddedPostgres forCommandIn(Path dataDirectory) throws IOException {
        var deadline = Deadline.in(COMMAND_TIMEOUT);
        while (true) {
            var lock = DataDirectoryLock.tryAcquire(dataDirectory, Role.COMMAND);
            if (lock.isPresent()) {
                return start(lock.get());
            }
            var holder = DataDirectoryLock.holder(dataDirectory);
            if (holder.filter(Holder::isServer).isPresent()) {
                var postmaster = Postmaster.find(dataDirectory).filter(Postmaster::isReady);
                if (postmaster.isPresent()) {
                    return new EmbeddedPostgres(dataDirectory, postmaster.get(), Optional.empty());
                }
            }
            if (deadline.hasPassed()) {
                throw new EmbeddedPostgresException("The data directory " + dataDirectory + " is in use by "
                        + holder.map(Holder::toString).orElse("another process")
                        + ", and no database was ready in it within " + COMMAND_TIMEOUT.toSeconds() + " seconds.");
            }
            deadline.pause();
        }
    }

    private static EmbeddedPostgres start(DataDirectoryLock lock) throws IOException {
        try {
            var cluster = new EmbeddedCluster(lock);
            return new EmbeddedPostgres(lock.dataDirectory(), cluster.start(), Optional.of(cluster));
        } catch (IOException | RuntimeException e) {
            // A PostgreSQL that is still recovering goes on with it; the next start finds it.
            lock.close();
            throw e;
        }
    }

    /** The directory by its one real name, which is what the lock and the names of processes are compared by. */
    private static Path prepared(Path dataDirectory) throws IOException {
        refuseUnquotable(dataDirectory);
        if (!Files.exists(dataDirectory)) {
            Files.createDirectories(dataDirectory, OwnerOnly.DIRECTORY);
        }
        return dataDirectory.toRealPath();
    }

    /** PostgreSQL's initdb and pg_ctl put the path between double quotes, and let a shell read it. */
    private static void refuseUnquotable(Path dataDirectory) throws IOException {
        // Links are followed, of a path too that does not exist to its end.
        var path = dataDirectory.toFile().getCanonicalPath();
        if (path.chars().anyMatch(c -> "$`\"\\".indexOf(c) >= 0 || Character.isISOControl(c))) {
            throw new EmbeddedPostgresException(
                    "The data directory " + path.replaceAll("\\p{Cntrl}", "?")
                            + " cannot be used: PostgreSQL does not take a path with $, `, \", \\ or a line break. Set PARTNER_API_DATA_DIR to another one.");
        }
    }

    private static EmbeddedPostgresException unusable(Path dataDirectory, IOException e) {
        var why = e instanceof AccessDeniedException denied
                ? "this user has no access to " + denied.getFile()
                : e.toString();
        return new EmbeddedPostgresException(
                "The data directory " + dataDirectory + " cannot be used" + FullDisk.remark(dataDirectory) + ": " + why,
                e);
    }
}
