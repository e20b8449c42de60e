package sa.cleanlife.partnerapi.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import sa.cleanlife.partnerapi.faults.History.Row;
import sa.cleanlife.partnerapi.testing.DataDirectory;

/**
 * A primary with a synchronous standby, set up and operated with {@code ops/replication/try-out} as an operator does.
 * Its servers are identified by their ports.
 */
final class ReplicatedPostgres {
    static final Path TRY_OUT = Path.of("ops/replication/try-out").toAbsolutePath();

    private final Path directory;
    private final String url;

    /** Stops everything when the test run is interrupted. */
    private final Thread atExit = new Thread(this::killAll);

    private int primary;
    private int standby;

    private ReplicatedPostgres(Path directory, int primary, int standby, String url) {
        this.directory = directory;
        this.primary = primary;
        this.standby = standby;
        this.url = url;
    }

    /** Skips the tests, with a message, where PostgreSQL's packages are not installed. */
    static void assumeInstalled() throws Exception {
        var programs = run(Map.of(), "programs");
        if (programs.exitCode() == 2) {
            System.out.println("ReplicatedPostgres: skipped: " + programs.err());
            Assumptions.abort(programs.err());
        }
    }

    /** @param directory must not exist yet, and is deleted by {@link #remove} */
    static ReplicatedPostgres setUp(Path directory) throws Exception {
        var ports = twoFreePorts();
        var url = succeed(
                "set-up",
                directory.toString(),
                ports.getFirst().toString(),
                ports.getLast().toString());
        var postgres = new ReplicatedPostgres(directory.toRealPath(), ports.getFirst(), ports.getLast(), url.strip());
        Runtime.getRuntime().addShutdownHook(postgres.atExit);
        return postgres;
    }

    static List<Integer> twoFreePorts() throws IOException {
        try (var one = new ServerSocket(0);
                var other = new ServerSocket(0)) {
            return List.of(one.getLocalPort(), other.getLocalPort());
        }
    }

    /** The server's database URL with both hosts, of which it finds the primary. */
    String url() {
        return url;
    }

    int primary() {
        return primary;
    }

    int standby() {
        return standby;
    }

    void start(int port) throws Exception {
        succeed("start", directory.toString(), Integer.toString(port));
    }

    /** Kills PostgreSQL as a power cut would. */
    void kill(int port) throws Exception {
        succeed("kill", directory.toString(), Integer.toString(port));
        assertThat(processes(port)).isEmpty();
    }

    void freeze(int port) {
        processes(port).forEach(process -> DataDirectory.signal("STOP", process));
    }

    void thaw(int port) {
        processes(port).forEach(process -> DataDirectory.signal("CONT", process));
    }

    /** Makes the standby the primary, whatever happened to the old one. */
    void promoteStandby() throws Exception {
        succeed("promote", directory.toString(), Integer.toString(standby));
        int old = primary;
        primary = standby;
        standby = old;
    }

    /** Makes the old primary the synchronous standby of the new one. */
    void rebuildStandby() throws Exception {
        succeed("follow", directory.toString(), Integer.toString(standby), Integer.toString(primary));
    }

    /** Restores a primary with its synchronous standby, from any state. */
    void makeWhole() throws Exception {
        thaw(primary);
        if (processes(primary).isEmpty()) {
            start(primary);
        }
        if (processes(standby).isEmpty() || number(primary, "SELECT count(*) FROM pg_stat_replication") == 0) {
            kill(standby);
            rebuildStandby();
        }
    }

    /** All processes of this server. */
    List<ProcessHandle> processes(int port) {
        var data = " -D " + directory.resolve(Integer.toString(port)) + " ";
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(data))
                .flatMap(process -> Stream.concat(Stream.of(process), process.children()))
                .distinct()
                .toList();
    }

    /** The log of this server. */
    String log(int port) throws IOException {
        return Files.readString(directory.resolve(port + ".log"), UTF_8);
    }

    /** The contacts whose phones have this prefix. */
    List<Row> rows(int port, String phones) throws SQLException {
        return query(
                port,
                "SELECT id, phone, name FROM contact WHERE phone LIKE '" + phones + "%'",
                row -> new Row(row.getObject("id", UUID.class), row.getString("phone"), row.getString("name")));
    }

    long number(int port, String sql) throws SQLException {
        return query(port, sql, row -> row.getLong(1)).getFirst();
    }

    void execute(int port, String sql) throws SQLException {
        try (var connection = connect(port);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Converts one row. */
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(int port, String sql, Reader<T> reader) throws SQLException {
        var found = new ArrayList<T>();
        try (var connection = connect(port);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(reader.read(rows));
            }
        }
        return found;
    }

    /** A connection that PostgreSQL counts as a standby, but not as the synchronous one. */
    Connection connectLikeAStandby(int port) throws IOException, SQLException {
        var password = Files.readAllLines(directory.resolve("passwords")).stream()
                .filter(line -> line.contains(":replicator:"))
                .map(line -> line.substring(line.lastIndexOf(':') + 1))
                .findFirst()
                .orElseThrow();
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port
                        + "/postgres?replication=database&preferQueryMode=simple&assumeMinServerVersion=14",
                "replicator",
                password);
    }

    private Connection connect(int port) throws SQLException {
        var password = url.substring(url.lastIndexOf(':', url.indexOf('@')) + 1, url.indexOf('@'));
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/partner_api", "partner_api", password);
    }

    /** The script's exit code and output. */
    record Run(int exitCode, String out, String err) {}

    static Run run(Map<String, String> environment, String... arguments) throws Exception {
        var out = Files.createTempFile("try-out", ".out");
        var err = Files.createTempFile("try-out", ".err");
        try {
            var builder = new ProcessBuilder(TRY_OUT.toString())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.command().addAll(List.of(arguments));
            builder.environment().putAll(environment);
            var process = builder.start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroy();
                throw new AssertionError("still running: " + builder.command() + Files.readString(err, UTF_8));
            }
            return new Run(
                    process.exitValue(),
                    Files.readString(out, UTF_8),
                    Files.readString(err, UTF_8).strip());
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String succeed(String... arguments) throws Exception {
        var run = run(Map.of(), arguments);
        assertThat(run.exitCode())
                .as("%s: %s", String.join(" ", arguments), run.err())
                .isZero();
        return run.out();
    }

    /** Removes everything, whatever its state. */
    void remove() throws Exception {
        try {
            succeed("remove", directory.toString());
        } finally {
            killAll();
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
    }

    private void killAll() {
        List.of(primary, standby).forEach(port -> processes(port).forEach(ProcessHandle::destroyForcibly));
    }
}
