package sa.cleanlife.partnerapi.database.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import sa.cleanlife.partnerapi.testing.DataDirectory;

/** A real PostgreSQL in each test's own directory, with real processes to kill. */
@Timeout(60)
class EmbeddedPostgresTest {
    private static final String PHONE = "+966501234567";

    @TempDir
    private static Path once;

    /** A data directory with a new database, stopped. Most tests run on copies, since creating a database takes a second. */
    private static DataDirectory closed;

    /** A data directory with PostgreSQL's programs alone, for tests that create a database. */
    private static DataDirectory unpacked;

    @TempDir
    private Path directory;

    private Path data = Path.of("");

    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void create_a_database_once() throws IOException {
        unpacked = DataDirectory.of(once.resolve("unpacked"));
        PostgresBinaries.unpackInto(unpacked.path(), PostgresLog.in(unpacked.path()));
        closed = unpacked.copyTo(once.resolve("closed"));
        EmbeddedPostgres.serve(closed.path()).close();
    }

    @BeforeEach
    void copy_it() throws IOException {
        data = closed.copyTo(directory.resolve("data")).path();
    }

    @AfterEach
    void kill_whatever_is_left() throws IOException {
        started.forEach(Process::destroyForcibly);
        postgresProcesses().forEach(ProcessHandle::destroyForcibly);
        awaitNoPostgresProcess();
    }

    @Nested
    class The_database {
        @Test
        void waits_for_the_disk_before_it_reports_a_commit() throws SQLException {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                assertThat(ask(postgres, "SHOW fsync")).isEqualTo("on");
                assertThat(ask(postgres, "SHOW synchronous_commit")).isEqualTo("on");
                assertThat(ask(postgres, "SHOW full_page_writes")).isEqualTo("on");
                assertThat(ask(postgres, "SHOW data_checksums")).isEqualTo("on");
            }
        }

        @Test
        void is_the_same_on_every_machine() throws SQLException {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                assertThat(ask(postgres, "SHOW server_version") + ".0").isEqualTo(PostgresBinaries.VERSION);
                assertThat(ask(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
                assertThat(ask(postgres, "SELECT datcollate FROM pg_database WHERE datname = current_database()"))
                        .isEqualTo("C");
            }
        }

        @Test
        void keeps_its_data_when_closed_and_opened_again() throws SQLException {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                store(postgres);
            }

            try (var postgres = EmbeddedPostgres.serve(data)) {
                assertThat(stored(postgres)).isEqualTo(PHONE);
            }
        }

        @Test
        void leaves_no_process_behind_when_closed() {
            var postgres = EmbeddedPostgres.serve(data);
            assertThat(postgresProcesses()).isNotEmpty();

            postgres.close();
            postgres.close();

            assertThat(postgresProcesses()).isEmpty();
        }

        @Test
        void may_be_in_a_directory_with_shell_metacharacters_in_its_name() throws IOException, SQLException {
            var odd = unpacked.copyTo(directory.resolve("a b'c;d&e|f<g>(h)*i?j[k]{l}~m#n!o%p=q,r:s@t^u سارة"))
                    .path();

            try (var postgres = EmbeddedPostgres.serve(odd)) {
                store(postgres);
            }

            try (var postgres = EmbeddedPostgres.serve(odd)) {
                assertThat(stored(postgres)).isEqualTo(PHONE);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"a$HOME", "$(id)", "a`id`", "say \"no\"", "back\\slash", "two\nlines", "tab\t", "$"})
        void is_refused_before_anything_is_written_where_a_shell_would_change_its_path(String name) {
            var odd = data.resolve(name);

            for (var directory : List.of(odd, odd.resolve("data"))) {
                assertThatThrownBy(() -> EmbeddedPostgres.serve(directory))
                        .isInstanceOf(EmbeddedPostgresException.class)
                        .hasMessageContaining("PostgreSQL does not take a path with")
                        .hasMessageContaining("PARTNER_API_DATA_DIR")
                        .hasMessageNotContaining("\n");
                assertThatThrownBy(() -> EmbeddedPostgres.forCommand(directory))
                        .isInstanceOf(EmbeddedPostgresException.class);
            }
            assertThat(odd).doesNotExist();
        }

        @Test
        void is_refused_behind_a_symlink_to_such_a_directory() throws IOException {
            var odd = Files.createDirectory(data.resolve("a$b"));
            var link = Files.createSymbolicLink(data.resolve("link"), odd);

            assertThatThrownBy(() -> EmbeddedPostgres.serve(link.resolve("data")))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("a$b");
            assertThat(odd).isEmptyDirectory();
        }

        @Test
        void requires_its_password() {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                var url = jdbcUrl(URI.create(postgres.connectionUri()));

                assertThatThrownBy(() -> DriverManager.getConnection(url, "partner_api", "guess"))
                        .hasMessageContaining("password authentication failed");
                assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "guess"))
                        .hasMessageContaining("password authentication failed");
            }
        }

        @Test
        void keeps_its_password_to_itself() throws IOException {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                var file = data.resolve("database-password");

                assertThat(postgres.toString()).doesNotContain(Files.readString(file));
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }

        @Test
        void writes_no_personal_data_into_its_log() throws Exception {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                store(postgres);
                assertThatThrownBy(() -> store(postgres)).hasMessageContaining(PHONE);
                assertThatThrownBy(() -> run(postgres, "SELECT '" + PHONE + "'::uuid"))
                        .hasMessageContaining(PHONE);
                killTheBackendOf(postgres, "SELECT pg_sleep(60), '" + PHONE + "'");
                await(() -> answers(postgres));
            }

            assertThat(data.resolve("postgres.log"))
                    .content()
                    .contains("terminated by signal 9")
                    .doesNotContain(PHONE);
        }
    }

    @Nested
    class A_server {
        @Test
        void is_refused_the_directory_of_another_in_the_same_process() {
            try (var _ = EmbeddedPostgres.serve(data)) {
                assertThatThrownBy(() -> EmbeddedPostgres.serve(data))
                        .isInstanceOf(EmbeddedPostgresException.class)
                        .hasMessage(
                                "The data directory " + data + " is in use by the partner-api server with process id "
                                        + ProcessHandle.current().pid()
                                        + ". Stop it, or set PARTNER_API_DATA_DIR to another directory.");
            }
        }

        @Test
        void is_refused_the_directory_of_another_in_another_process() throws Exception {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                // With POSIX locks this would release the lock if this process opened and closed the file again.
                assertThatThrownBy(() -> EmbeddedPostgres.serve(data)).isInstanceOf(EmbeddedPostgresException.class);

                var second = startServerProcess();

                assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(second.exitValue()).isEqualTo(1);
                assertThat(new String(second.getErrorStream().readAllBytes(), UTF_8))
                        .contains("is in use by the partner-api server");
                assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
            }
        }

        @Test
        void waits_for_a_command_to_end() throws Exception {
            var command = EmbeddedPostgres.forCommand(data);
            var server = CompletableFuture.supplyAsync(() -> EmbeddedPostgres.serve(data));
            assertThat(server).failsWithin(Duration.ofMillis(300));

            command.close();

            try (var postgres = server.get()) {
                assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
            }
        }

        @Test
        void takes_over_the_postgresql_of_a_killed_server() throws Exception {
            var killed = startServerProcess();
            await(() -> Postmaster.find(data).filter(Postmaster::isReady).isPresent());
            var left = postmaster();
            kill(killed);

            try (var postgres = EmbeddedPostgres.serve(data)) {
                assertThat(postmaster()).isEqualTo(left);
                assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
            }
            awaitNoPostgresProcess();
        }

        @Test
        void waits_for_a_postgresql_that_a_killed_server_was_starting() throws Exception {
            var killed = startServerProcess();
            await(() -> Files.exists(data.resolve("database/postmaster.pid")));
            kill(killed);

            try (var postgres = EmbeddedPostgres.serve(data)) {
                assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
            }
            awaitNoPostgresProcess();
        }

        @Test
        void recovers_when_postgresql_was_killed_as_well() throws Exception {
            try (var killed = EmbeddedPostgres.serve(data)) {
                store(killed);
                postmaster().destroyForcibly();
            }

            try (var postgres = EmbeddedPostgres.serve(data)) {
                assertThat(stored(postgres)).isEqualTo(PHONE);
            }
        }

        @Test
        void starts_a_postgresql_that_died_again_where_it_was() throws Exception {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                store(postgres);
                var killed = postmaster();
                killed.destroyForcibly();
                killed.onExit().join();

                postgres.revive();

                assertThat(stored(postgres)).isEqualTo(PHONE);
            }
            awaitNoPostgresProcess();
        }

        @Test
        void starts_a_postgresql_that_died_again_when_somebody_has_removed_its_log() throws Exception {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                Files.delete(data.resolve("postgres.log"));
                var killed = postmaster();
                killed.destroyForcibly();
                killed.onExit().join();

                postgres.revive();

                assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
            }
        }

        @Test
        void releases_a_directory_in_which_it_cannot_write_its_identity() throws Exception {
            var holder = Files.createDirectory(data.resolve("lock-holder"));
            assertThatThrownBy(() -> EmbeddedPostgres.serve(data)).hasMessageContaining("cannot be used");

            Files.delete(holder);

            try (var postgres = EmbeddedPostgres.serve(data)) {
                assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
            }
        }

        @Test
        void waits_for_the_processes_of_a_killed_postgresql() throws Exception {
            var killed = EmbeddedPostgres.serve(data);
            store(killed);
            try (var connection = connect(killed)) {
                var backend = backendOf(connection);
                signal("STOP", backend);
                postmaster().destroyForcibly();
                killed.close();

                var server = CompletableFuture.supplyAsync(() -> EmbeddedPostgres.serve(data));
                assertThat(server).failsWithin(Duration.ofMillis(500));
                signal("CONT", backend);

                try (var postgres = server.get()) {
                    assertThat(stored(postgres)).isEqualTo(PHONE);
                }
            }
        }

        @Test
        void is_not_misled_by_another_program_that_has_the_process_id_of_a_killed_postgresql() throws Exception {
            try (var postgres = EmbeddedPostgres.serve(data)) {
                store(postgres);
            }
            var other = start("sleep", "60");
            Files.writeString(
                    data.resolve("database/postmaster.pid"),
                    "%d%n%s%n1%n5432%n%n127.0.0.1%n1 1%nready%n".formatted(other.pid(), data.resolve("database")));

            try (var postgres = EmbeddedPostgres.serve(data)) {
                assertThat(stored(postgres)).isEqualTo(PHONE);
            }
            assertThat(other.isAlive()).isTrue();
        }

        @Test
        void begins_anew_where_initdb_was_cut_short() throws Exception {
            data = unpacked.copyTo(directory.resolve("new")).path();
            var killed = startServerProcess();
            await(() -> Files.exists(data.resolve("database.new/PG_VERSION")));
            var initdb = postgresProcesses();
            initdb.forEach(process -> signal("STOP", process.pid()));
            kill(killed);

            var server = CompletableFuture.supplyAsync(() -> EmbeddedPostgres.serve(data));
            assertThat(server).failsWithin(Duration.ofSeconds(2));
            initdb.forEach(process -> signal("CONT", process.pid()));

            try (var postgres = server.get()) {
                assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
            }
            assertThat(data.resolve("database.new")).doesNotExist();
        }

        @Test
        void refuses_a_database_of_another_major_version() throws IOException {
            EmbeddedPostgres.serve(data).close();
            Files.writeString(data.resolve("database/PG_VERSION"), "17\n");

            assertThatThrownBy(() -> EmbeddedPostgres.serve(data))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("was made by PostgreSQL 17, and this server carries PostgreSQL 18");
        }

        @Test
        void says_which_data_directory_cannot_be_used() throws IOException {
            var file = Files.createFile(data.resolve("file"));

            assertThatThrownBy(() -> EmbeddedPostgres.serve(file.resolve("data")))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("The data directory " + file.resolve("data") + " cannot be used");
        }

        @Test
        void tells_why_postgresql_did_not_start() throws IOException {
            EmbeddedPostgres.serve(data).close();
            Files.writeString(data.resolve("database/postgresql.auto.conf"), "shared_buffers = 'much'\n");

            assertThatThrownBy(() -> EmbeddedPostgres.serve(data))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("PostgreSQL did not start")
                    .hasMessageContaining("shared_buffers");
        }
    }

    @Nested
    class A_command {
        @Test
        void uses_the_database_of_the_running_server_and_leaves_it_running() throws SQLException {
            try (var server = EmbeddedPostgres.serve(data)) {
                store(server);

                try (var command = EmbeddedPostgres.forCommand(data)) {
                    assertThat(stored(command)).isEqualTo(PHONE);
                }

                assertThat(stored(server)).isEqualTo(PHONE);
            }
        }

        @Test
        void waits_for_a_server_that_is_coming_up() throws Exception {
            try (var _ = EmbeddedPostgres.serve(data)) {
                var pidFile = data.resolve("database/postmaster.pid");
                var ready = Files.readString(pidFile);
                Files.writeString(pidFile, ready.replace("ready   ", "starting"));

                var command = CompletableFuture.supplyAsync(() -> EmbeddedPostgres.forCommand(data));
                assertThat(command).failsWithin(Duration.ofMillis(300));
                Files.writeString(pidFile, ready);

                try (var postgres = command.get()) {
                    assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
                }
            }
        }

        @Test
        void starts_and_stops_the_database_where_no_server_runs() throws SQLException {
            try (var command = EmbeddedPostgres.forCommand(data)) {
                store(command);
            }
            assertThat(postgresProcesses()).isEmpty();

            try (var command = EmbeddedPostgres.forCommand(data)) {
                assertThat(stored(command)).isEqualTo(PHONE);
            }
        }

        @Test
        void waits_for_another_command_to_end() throws Exception {
            var first = EmbeddedPostgres.forCommand(data);
            var second = CompletableFuture.supplyAsync(() -> EmbeddedPostgres.forCommand(data));
            assertThat(second).failsWithin(Duration.ofMillis(300));

            first.close();

            try (var postgres = second.get()) {
                assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    /** A server process for a test to kill. */
    static final class ServerProcess {
        public static void main(String[] arguments) throws InterruptedException {
            try {
                EmbeddedPostgres.serve(Path.of(arguments[0]));
            } catch (EmbeddedPostgresException e) {
                System.err.println(e.getMessage());
                System.exit(1);
            }
            Thread.sleep(Duration.ofMinutes(1));
        }
    }

    private Process startServerProcess() throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        return start(
                java.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ServerProcess.class.getName(),
                data.toString());
    }

    private Process start(String... command) throws IOException {
        var process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        started.add(process);
        return process;
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private ProcessHandle postmaster() throws IOException {
        return Postmaster.find(data).orElseThrow().process();
    }

    private List<ProcessHandle> postgresProcesses() {
        return ProcessHandle.allProcesses()
                .filter(process -> PostgresBinaries.areRunBy(process, data))
                .toList();
    }

    /** The killed server's pg_ctl takes a moment to notice that it has nothing left to do. */
    private void awaitNoPostgresProcess() throws IOException {
        await(() -> postgresProcesses().isEmpty());
    }

    private interface Condition {
        boolean isMet() throws IOException;
    }

    private static void await(Condition condition) throws IOException {
        var deadline = Deadline.in(Duration.ofSeconds(20));
        while (!condition.isMet()) {
            assertThat(deadline.hasPassed()).isFalse();
            deadline.pause();
        }
    }

    private static void store(EmbeddedPostgres postgres) throws SQLException {
        run(postgres, "CREATE TABLE IF NOT EXISTS contact (phone text PRIMARY KEY)");
        run(postgres, "INSERT INTO contact VALUES ('" + PHONE + "')");
    }

    private static String stored(EmbeddedPostgres postgres) throws SQLException {
        return ask(postgres, "SELECT phone FROM contact");
    }

    private static void run(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (var connection = connect(postgres);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (var connection = connect(postgres);
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private static void killTheBackendOf(EmbeddedPostgres postgres, String sql) throws Exception {
        try (var connection = connect(postgres)) {
            var backend = backendOf(connection);
            var running = CompletableFuture.runAsync(() -> {
                try (var statement = connection.createStatement()) {
                    statement.execute(sql);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(running).failsWithin(Duration.ofMillis(200));
            signal("KILL", backend);
            assertThatThrownBy(running::get).hasRootCauseInstanceOf(IOException.class);
        }
    }

    private static int backendOf(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static void signal(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean answers(EmbeddedPostgres postgres) {
        try {
            return ask(postgres, "SELECT 1").equals("1");
        } catch (SQLException e) {
            return false;
        }
    }

    private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
        var uri = URI.create(postgres.connectionUri());
        var userAndPassword = uri.getUserInfo().split(":", -1);
        return DriverManager.getConnection(jdbcUrl(uri), userAndPassword[0], userAndPassword[1]);
    }

    private static String jdbcUrl(URI uri) {
        return "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
    }
}
