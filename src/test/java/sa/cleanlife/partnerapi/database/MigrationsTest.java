package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** How a start finds the migrations and runs them. */
@Timeout(60)
class MigrationsTest {
    private static final Path SCRIPTS = Path.of("src/main/resources/db/migration");

    @TempDir
    private Path directory;

    @Nested
    class The_versions {
        @Test
        void are_those_of_the_scripts() throws IOException {
            try (var scripts = Files.list(SCRIPTS)) {
                var versions = scripts.map(script -> script.getFileName().toString())
                        .filter(name -> name.endsWith(".sql"))
                        .map(name -> name.substring(1, name.indexOf("__")))
                        .toList();

                assertThat(MigrationScripts.versions(getClass().getClassLoader()))
                        .containsExactlyInAnyOrderElementsOf(versions);
            }
        }

        @Test
        void are_found_in_a_jar_and_come_in_the_order_of_their_numbers() throws IOException {
            assertThat(versionsOf(jar(
                            "V10__ten.sql",
                            "V9__nine.sql",
                            "V9__nine.sql.conf",
                            "V1__one.sql",
                            "other/V3__no.sql.txt")))
                    .containsExactly("1", "9", "10");
        }

        @Test
        void are_those_of_several_jars_and_directories_together() throws IOException {
            Files.createFile(Files.createDirectories(directory.resolve("with space/db/migration"))
                    .resolve("V2__two.sql"));

            assertThat(versionsOf(
                            jar("V1__one.sql"),
                            directory.resolve("with space").toUri().toURL()))
                    .containsExactly("1", "2");
        }

        @Test
        void refuse_a_file_that_is_not_named_like_a_migration() {
            for (var name : List.of("V1_one.sql", "1__one.sql", "V1.2__one.sql", "R__one.sql", "V01__one.sql")) {
                assertThatThrownBy(() -> versionsOf(jar(name))).hasMessageContaining(name);
            }
        }

        private List<String> versionsOf(URL... classPath) throws IOException {
            try (var loader = new URLClassLoader(classPath, null)) {
                return MigrationScripts.versions(loader);
            }
        }

        private URL jar(String... names) throws IOException {
            var jar = Files.createTempFile(directory, "scripts", ".jar");
            try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
                for (var entry : Stream.concat(
                                Stream.of("db/", "db/migration/"),
                                Stream.of(names).map(name -> "db/migration/" + name))
                        .toList()) {
                    out.putNextEntry(new JarEntry(entry));
                    out.closeEntry();
                }
            }
            return jar.toUri().toURL();
        }
    }

    @Nested
    class A_table_that_a_long_transaction_reads {
        private final String database = TestPostgres.newDatabase();

        private Connection reader() throws SQLException {
            TestPostgres.migrateTo("1", database);
            var reader = TestPostgres.connect(database);
            reader.setAutoCommit(false);
            reader.createStatement().execute("SELECT FROM partner, contact");
            return reader;
        }

        @Test
        void is_changed_after_that_transaction_and_stays_usable_meanwhile() throws Exception {
            try (var reader = reader();
                    var log = CapturedLog.open()) {
                var started = CompletableFuture.supplyAsync(() -> RunningApi.start(database, Clock.systemUTC()));
                DataDirectory.await(
                        "a line",
                        () -> log.text().stream()
                                .anyMatch(line -> line.contains("migration waiting for a table lock")));
                for (int i = 0; i < 5; i++) {
                    TestPostgres.execute(
                            database,
                            "SET lock_timeout = '5s'; INSERT INTO partner VALUES (gen_random_uuid(), 'hotel %d', 'ACTIVE', now())"
                                    .formatted(i));
                }
                assertThat(started).isNotDone();

                reader.rollback();

                try (var server = started.get(20, TimeUnit.SECONDS)) {
                    assertThat(server.newPartner().isLetIn()).isTrue();
                }
            }
        }

        @Test
        void is_left_unchanged_with_an_error_message_after_a_timeout() throws SQLException {
            var url = DatabaseUrl.parse(database);
            try (var reader = reader()) {
                assertThatThrownBy(() ->
                                Migrations.run(url, url.hosts().getFirst(), Duration.ZERO, "classpath:db/migration"))
                        .hasMessageContaining("migration 2: other transactions hold its tables, SQLSTATE 55P03");
                assertThat(reader.isClosed()).isFalse();
            }
            assertThat(TestPostgres.queryNumber(database, "SELECT count(*) FROM flyway_schema_history"))
                    .isEqualTo(1);
        }

        @Test
        void does_not_keep_an_index_from_being_built_without_a_lock() throws Exception {
            RunningApi.start(database, Clock.systemUTC()).close();
            write("V1000__index.sql", "CREATE INDEX CONCURRENTLY contact_created_at ON contact (created_at);");
            try (var reader = TestPostgres.connect(database)) {
                reader.setAutoCommit(false);
                reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                reader.createStatement().execute("SELECT FROM contact");
                var built = CompletableFuture.runAsync(() -> migrate(database));
                DataDirectory.await("the index", () -> TestPostgres.queryNumber(database, """
                                SELECT count(*)
                                  FROM pg_stat_activity
                                 WHERE datname = current_database() AND wait_event_type = 'Lock'
                                   AND state_change < clock_timestamp() - interval '1 second'
                                """) == 1);

                reader.rollback();

                built.get(20, TimeUnit.SECONDS);
            }
        }
    }

    private void migrate(String database) {
        var url = DatabaseUrl.parse(database);
        Migrations.run(url, url.hosts().getFirst(), Duration.ZERO, "classpath:db/migration", "filesystem:" + directory);
    }

    /** The operator's message completes the sentence "The schema of the database …". */
    @Test
    void a_failed_index_build_is_reported_with_its_remedy() throws IOException {
        var database = TestPostgres.newDatabase();
        migrate(database);
        TestPostgres.execute(database, """
                INSERT INTO partner (id, name, status, created_at)
                VALUES (gen_random_uuid(), 'hotel', 'ACTIVE', now()), (gen_random_uuid(), 'other', 'ACTIVE', now())
                """);
        write("V1000__index.sql", "CREATE UNIQUE INDEX CONCURRENTLY one_partner ON partner (status);");

        assertThatThrownBy(() -> migrate(database))
                .hasMessage("could not be brought up to date (migration 1000: SQLSTATE 23505)");
        assertThatThrownBy(() -> migrate(database))
                .hasMessage(
                        "is halfway through migration 1000, which failed: drop any index that it left invalid, run \"DELETE FROM flyway_schema_history WHERE NOT success\", and start again");

        TestPostgres.execute(database, """
                DROP INDEX one_partner;
                DELETE FROM flyway_schema_history WHERE NOT success;
                DELETE FROM partner WHERE name = 'other'
                """);
        migrate(database);
        assertThat(TestPostgres.queryNumber(database, "SELECT count(*) FROM pg_class WHERE relname = 'one_partner'"))
                .isEqualTo(1);
    }

    @Test
    void an_index_may_be_built_without_a_lock() throws IOException {
        var database = TestPostgres.newDatabase();
        write("V1000__index.sql", "CREATE INDEX CONCURRENTLY contact_created_at ON contact (created_at);");

        migrate(database);

        assertThat(
                        TestPostgres.queryNumber(
                                database,
                                "SELECT count(*) FROM pg_index WHERE indexrelid = 'contact_created_at'::regclass AND indisvalid"))
                .isEqualTo(1);
    }

    private void write(String script, String sql) throws IOException {
        Files.writeString(directory.resolve(script), sql);
    }
}
