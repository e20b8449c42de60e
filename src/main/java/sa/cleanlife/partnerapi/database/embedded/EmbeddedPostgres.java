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
 * The PostgreSQL that comes with the server and runs in its data directory, so that none needs to be installed:
 * durable, protected by a generated password, and reachable from this machine only. A data directory serves one server
 * and any number of commands at a time. A PostgreSQL that a killed server left running is taken over. Every failure is
 * an {@link EmbeddedPostgresException}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** How long a starting server waits for a command to end. */
    private static final Duration SERVER_TIMEOUT = Duration.ofSeconds(10);

    /** How long a command waits for another command to end or for a server to start. */
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

    private final Path dataDirectory;
    private final int port;
    private final String password;

    /** Empty for a command that uses the PostgreSQL of a running server. */
    private final Optional<EmbeddedCluster> own;

    private boolean closed;

    private EmbeddedPostgres(Path dataDirectory, Postmaster postmaster, Optional<EmbeddedCluster> own)
            throws IOException {
        this.dataDirectory = dataDirectory;
        this.port = postmaster.port();
        this.password = EmbeddedCluster.password(dataDirectory);
        this.own = own;
    }

    /** Starts PostgreSQL for the server; closing stops it. */
    public static EmbeddedPostgres serve(Path dataDirectory) {
        try {
            return serveIn(prepared(dataDirectory));
        } catch (IOException e) {
            throw unusable(dataDirectory, e);
        }
    }

    /** Connects a command to the PostgreSQL of a running server, or else starts PostgreSQL; closing stops it again. */
    public static EmbeddedPostgres forCommand(Path dataDirectory) {
        try {
            return forCommandIn(prepared(dataDirectory));
        } catch (IOException e) {
            throw unusable(dataDirectory, e);
        }
    }

    /** The address and the credentials, as {@code postgresql://user:password@host:port/database}: a secret. */
    public String connectionUri() {
        var name = EmbeddedCluster.NAME;
        return "postgresql://%s:%s@%s:%d/%s".formatted(name, password, EmbeddedCluster.HOST, port, name);
    }

    /** Restarts PostgreSQL on the same port, if it has died. */
    public synchronized void revive() {
        try {
            if (!closed && own.isPresent()) {
                var postmaster = own.get().start();
                if (postmaster.port() != port) {
                    throw new EmbeddedPostgresException("PostgreSQL restarted on another port than " + port + ".");
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
            // A PostgreSQL that is still recovering is left running; the next start finds it.
            lock.close();
            throw e;
        }
    }

    /**
     * The real path of the directory, which the lock and the paths of processes are compared with. Creates the
     * directory if it is missing.
     */
    private static Path prepared(Path dataDirectory) throws IOException {
        refuseUnquotable(dataDirectory);
        if (!Files.exists(dataDirectory)) {
            Files.createDirectories(dataDirectory, OwnerOnly.DIRECTORY);
        }
        return dataDirectory.toRealPath();
    }

    /**
     * Refuses a path with special characters: PostgreSQL's initdb and pg_ctl put it between double quotes in a shell
     * command.
     */
    private static void refuseUnquotable(Path dataDirectory) throws IOException {
        // Resolves links, also in a path whose last parts do not exist.
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
