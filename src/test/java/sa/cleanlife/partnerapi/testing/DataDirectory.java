package sa.cleanlife.partnerapi.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A server's data directory as seen from outside, for tests that kill processes and inspect files. It knows the layout
 * of the embedded PostgreSQL: {@code database/postmaster.pid}, {@code database-password}, {@code
 * postgresql-<version>/bin}.
 */
public record DataDirectory(Path path) {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    public static DataDirectory of(Path path) throws IOException {
        return new DataDirectory(Files.createDirectories(path).toRealPath());
    }

    /**
     * Copies the data to another directory on the same disk while no server uses it; the PostgreSQL binaries are
     * hard-linked.
     */
    public DataDirectory copyTo(Path other) throws IOException {
        List<Path> files;
        try (var walk = Files.walk(path)) {
            files = walk.toList();
        }
        for (var file : files) {
            var copy = other.resolve(path.relativize(file));
            if (path.relativize(file).toString().startsWith("postgresql-") && !Files.isDirectory(file)) {
                Files.createLink(copy, file);
            } else {
                Files.copy(file, copy, COPY_ATTRIBUTES);
            }
        }
        return of(other);
    }

    /** All PostgreSQL processes of this directory. */
    public List<ProcessHandle> postgresProcesses() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").startsWith(path + "/postgresql-"))
                .toList();
    }

    public ProcessHandle postmaster() throws IOException {
        return ProcessHandle.of(Long.parseLong(pidFile().getFirst()))
                .filter(postgresProcesses()::contains)
                .orElseThrow();
    }

    private List<String> pidFile() throws IOException {
        return Files.readAllLines(path.resolve("database/postmaster.pid"));
    }

    /** Kills PostgreSQL as a power cut would. */
    public void killPostgres() throws Exception {
        postmaster().destroyForcibly();
        await("the end of PostgreSQL's processes", () -> postgresProcesses().isEmpty());
        // A container whose init process does not reap leaves the dead process behind; PostgreSQL would take its id for
        // a running server.
        Files.delete(path.resolve("database/postmaster.pid"));
    }

    /** Stops PostgreSQL with {@code pg_ctl}: mode {@code fast}, or {@code immediate}, after which it has to recover. */
    public void stopPostgres(String mode) throws Exception {
        control("stop", "-W", "-m", mode);
        await("the end of PostgreSQL's processes", () -> postgresProcesses().isEmpty());
    }

    /** Starts the killed or stopped PostgreSQL again, on the same port. */
    public void restartPostgres() throws Exception {
        control("start", "-w", "-l", path.resolve("postgres.log").toString());
    }

    private void control(String... arguments) throws Exception {
        Path bin;
        try (var programs = Files.newDirectoryStream(path, "postgresql-*")) {
            bin = programs.iterator().next().resolve("bin");
        }
        var said = path.resolve("control.log");
        var command = new ProcessBuilder().redirectErrorStream(true).redirectOutput(said.toFile());
        if (isRoot()) {
            // PostgreSQL refuses to run as root.
            command.command().addAll(List.of("unshare", "-U"));
        }
        command.command().add(bin.resolve("pg_ctl").toString());
        command.command().addAll(List.of(arguments));
        command.command().addAll(List.of("-D", path.resolve("database").toString()));
        var process = command.start();
        try {
            await("pg_ctl " + arguments[0], () -> !process.isAlive());
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new AssertionError(Files.readString(said) + Files.readString(path.resolve("postgres.log")));
        }
    }

    private boolean isRoot() throws IOException {
        return Files.getAttribute(path, "unix:uid").equals(0);
    }

    /** Cleans up after a test that may have failed at any point. */
    public void killEverything() throws Exception {
        postgresProcesses().forEach(process -> {
            signal("CONT", process);
            process.destroyForcibly();
        });
        await("the end of PostgreSQL's processes", () -> postgresProcesses().isEmpty());
    }

    /** Freezes all PostgreSQL processes, including any that are started meanwhile. */
    public void freeze() {
        var frozen = new HashSet<ProcessHandle>();
        while (true) {
            var moving = postgresProcesses().stream()
                    .filter(process -> !frozen.contains(process))
                    .toList();
            if (moving.isEmpty()) {
                return;
            }
            moving.forEach(process -> signal("STOP", process));
            frozen.addAll(moving);
        }
    }

    public void thaw() {
        postgresProcesses().forEach(process -> signal("CONT", process));
    }

    public static void signal(String name, ProcessHandle process) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens a connection to the embedded PostgreSQL's own database, bypassing the server. */
    public Connection connect() throws IOException, SQLException {
        var password = Files.readString(path.resolve("database-password"), US_ASCII);
        var port = pidFile().get(3);
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/partner_api", "partner_api", password.strip());
    }

    public long queryNumber(String sql) throws IOException, SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Waits until the condition holds in another process, and returns how long that took. */
    public static Duration await(String what, Callable<Boolean> condition) throws Exception {
        return await(what, LONGEST_WAIT, condition);
    }

    public static Duration await(String what, Duration longest, Callable<Boolean> condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - start > longest.toNanos()) {
                throw new AssertionError("still waiting for " + what);
            }
            Thread.sleep(5);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
