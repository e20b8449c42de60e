package sa.cleanlife.partnerapi.database.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.management.OperatingSystemMXBean;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database cluster in a data directory: creates it, and starts and stops PostgreSQL on it. Only the process that
 * holds the {@link DataDirectoryLock} may do so.
 */
final class EmbeddedCluster implements Closeable {
    static final String HOST = "127.0.0.1";

    /** The name of the database and of its owner. */
    static final String NAME = "partner_api";

    private static final Duration INITDB_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    /** Several, since another program may take the port between its choice and its use. */
    private static final int MAX_LAUNCHES = 3;

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCluster.class);

    private final DataDirectoryLock lock;
    private final Path dataDirectory;
    private final Path directory;
    private final PostgresLog output;
    private final PostgresBinaries programs;

    /**
     * The same port for all starts, so that clients find the database again after a restart. 0 before the first start.
     */
    private int port;

    EmbeddedCluster(DataDirectoryLock lock) throws IOException {
        this.lock = lock;
        this.dataDirectory = lock.dataDirectory();
        this.directory = directory(dataDirectory);
        this.output = PostgresLog.in(dataDirectory);
        this.programs = PostgresBinaries.unpackInto(dataDirectory, output);
    }

    static String password(Path dataDirectory) throws IOException {
        return Files.readString(passwordFile(dataDirectory)).strip();
    }

    static Path pidFile(Path dataDirectory) {
        return directory(dataDirectory).resolve("postmaster.pid");
    }

    private static Path passwordFile(Path dataDirectory) {
        return dataDirectory.resolve("database-password");
    }

    private static Path directory(Path dataDirectory) {
        return dataDirectory.resolve("database");
    }

    /** Starts PostgreSQL, or takes over a running one that a killed server left behind. */
    Postmaster start() throws IOException {
        if (!Files.exists(directory)) {
            initialize();
        }
        checkVersion();
        var deadline = Deadline.in(START_TIMEOUT);
        var launches = 0;
        while (!deadline.hasPassed()) {
            var postmaster = Postmaster.find(dataDirectory);
            if (postmaster.filter(Postmaster::isReady).isPresent()) {
                port = postmaster.get().port();
                return postmaster.get();
            } else if (postmaster.isPresent()) {
                // PostgreSQL is starting, recovering or stopping.
                deadline.pause();
            } else if (Files.exists(pidFile(dataDirectory))) {
                clearCrash(deadline);
            } else if (launches++ < MAX_LAUNCHES) {
                launch(deadline);
            } else {
                throw new EmbeddedPostgresException("PostgreSQL did not start" + output.end());
            }
        }
        throw new EmbeddedPostgresException("PostgreSQL was not ready within " + START_TIMEOUT.toSeconds()
                + " seconds. It may still be recovering; then a later start finds it ready" + output.end());
    }

    /** Stops PostgreSQL after closing its connections and writing everything to disk, and releases the lock. */
    @Override
    public void close() throws IOException {
        try (lock) {
            var postmaster = Postmaster.find(dataDirectory);
            if (postmaster.isPresent()) {
                stop(postmaster.get());
            }
        }
    }

    private void stop(Postmaster postmaster) throws IOException {
        // PostgreSQL 18 never ends if it is asked to stop "fast" while it recovers from a crash of one of its
        // processes. Stopping it "immediate" loses nothing; the next start recovers.
        for (var mode : List.of("fast", "immediate")) {
            var pgCtl = programs.start("pg_ctl", "stop", "-s", "-W", "-m", mode, "-D", directory.toString());
            if (Deadline.in(STOP_TIMEOUT)
                    .await(() -> !pgCtl.isAlive() && !PostgresBinaries.areRunBy(postmaster.process(), dataDirectory))) {
                return;
            }
        }
        throw new EmbeddedPostgresException("PostgreSQL did not stop" + output.end());
    }

    private void initialize() throws IOException {
        // An initdb survives the server that started it, and would write to the same files.
        if (!Deadline.in(INITDB_TIMEOUT).await(() -> !PostgresBinaries.areRunByAnyone(dataDirectory))) {
            throw new EmbeddedPostgresException(
                    "An earlier start has not finished creating the database in " + dataDirectory + ".");
        }
        LOG.info("Creating the database in {}", directory);
        writeNewPassword();
        var unfinished = AtomicDirectory.of(directory);
        var path = unfinished.path().toString();
        programs.run(
                INITDB_TIMEOUT,
                "",
                "initdb",
                "--pgdata=" + path,
                "--encoding=UTF8",
                "--no-locale",
                "--username=" + NAME,
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile(dataDirectory));
        programs.run(
                INITDB_TIMEOUT,
                "CREATE DATABASE " + NAME + "\n",
                "postgres",
                "--single",
                "-D",
                path,
                "-c",
                "exit_on_error=on",
                "postgres");
        unfinished.finish();
    }

    private void writeNewPassword() throws IOException {
        var random = new byte[24];
        new SecureRandom().nextBytes(random);
        var password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        var file = passwordFile(dataDirectory);
        Files.deleteIfExists(file);
        Files.createFile(file, OwnerOnly.FILE);
        Files.writeString(file, password, US_ASCII, StandardOpenOption.SYNC, StandardOpenOption.WRITE);
    }

    private void checkVersion() throws IOException {
        var made = Files.readString(directory.resolve("PG_VERSION")).strip();
        var carried = PostgresBinaries.VERSION.split("\\.", -1)[0];
        if (!made.equals(carried)) {
            throw new EmbeddedPostgresException("The database in " + directory + " was made by PostgreSQL " + made
                    + ", and this server carries PostgreSQL " + carried
                    + ". Start the release of the server that made it,"
                    + " and move the data with pg_dump and pg_restore.");
        }
    }

    /**
     * Removes the pid file that a killed PostgreSQL left. Some of its processes may live on, and a new PostgreSQL must
     * not start before they end.
     */
    private void clearCrash(Deadline deadline) throws IOException {
        if (PostgresBinaries.areRunByAnyone(dataDirectory)) {
            deadline.pause();
        } else {
            // Deleted because PostgreSQL takes any process of this user that has the old process id by now for a
            // running PostgreSQL.
            Files.deleteIfExists(pidFile(dataDirectory));
        }
    }

    private void launch(Deadline deadline) throws IOException {
        output.rotate();
        Files.writeString(directory.resolve("postgresql.conf"), configuration(port == 0 ? freePort() : port));
        // pg_ctl starts PostgreSQL in a session of its own, so that a Ctrl-C reaches the server alone.
        var pgCtl = programs.start(
                "pg_ctl",
                "start",
                "-s",
                "-w",
                "-D",
                directory.toString(),
                "-l",
                output.file().toString());
        // PostgreSQL is ready after 20 ms, but pg_ctl polls only every 100 ms.
        while (pgCtl.isAlive()
                && Postmaster.find(dataDirectory).filter(Postmaster::isReady).isEmpty()) {
            deadline.pause();
        }
        pgCtl.destroy();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
            return socket.getLocalPort();
        }
    }

    private static String configuration(int port) {
        return """
                # Overwritten at each start. To change a setting, use ALTER SYSTEM SET ...
                listen_addresses = '%s'
                port = %d
                unix_socket_directories = ''
                max_connections = 100
                shared_buffers = %dMB
                timezone = 'UTC'
                lc_messages = 'C'

                # Acknowledged commits survive a power cut.
                fsync = on
                synchronous_commit = on
                full_page_writes = on

                # The log holds no personal data. An ERROR may quote a value, and so may DETAIL, CONTEXT and STATEMENT.
                log_min_messages = log
                log_min_error_statement = panic
                log_error_verbosity = terse
                log_statement = none
                log_min_duration_statement = -1
                log_parameter_max_length = 0
                log_parameter_max_length_on_error = 0
                log_checkpoints = off
                log_timezone = 'UTC'
                """.formatted(HOST, port, sharedBuffers());
    }

    /**
     * In MB: an eighth of the memory of the machine or the container, which PostgreSQL takes up as it uses it. Data
     * that does not fit is read from the cache of the operating system, which makes finding one of ten million contacts
     * half as slow again.
     */
    private static long sharedBuffers() {
        var memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return Math.clamp(memory / 8 / 1024 / 1024, 128, 8 * 1024);
    }
}
