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
 * A server's data directory seen from outside, for a test that kills and looks. The layout that it knows is the embedded
 * PostgreSQL's: {@code database/postmaster.pid}, {@code database-password}, {@code postgresql-<version>/bin}.
 */
public record DataDirectory(Path path) {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    public static DataDirectory of(Path path) throws IOException {
        return new DataDirectory(Files.createDirectories(path).toRealPath());
    }

    /** The same data elsewhere on the same disk, where no server runs on it; the programs are shared. */
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

    /** Every process of this directory's PostgreSQL. */
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

    /** What a power cut does to PostgreSQL. */
    public void killPostgres() throws Exception {
        postmaster().destroyForcibly();
        await("the end of PostgreSQL's processes", () -> postgresProcesses().isEmpty());
        // In a container where nobody collects the dead, PostgreSQL would take the old process id for a running server.
        Files.delete(path.resolve("database/postmaster.pid"));
    }

    /** Ends PostgreSQL in one of its own ways: {@code fast}, or {@code immediate}, which leaves it to recover. */
    public void stopPostgres(String mode) throws Exception {
        control("stop", "-W", "-m", mode);
        await("the end of PostgreSQL's processes", () -> postgresProcesses().isEmpty());
    }

    /** Starts what was killed or stopped, on the port that it had. */
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

    /** For the end of a test that may have failed anywhere. */
    public void killEverything() throws Exception {
        postgresProcesses().forEach(process -> {
            signal("CONT", process);
            process.destroyForcibly();
        });
        await("the end of PostgreSQL's processes", () -> postgresProcesses().isEmpty());
    }

    /** Lets PostgreSQL stand still, and what it starts meanwhile too. */
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

    /** A connection past the server, to the database that the embedded PostgreSQL comes with. */
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

    /** Waits for another process to get there; answers how long that took. */
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
