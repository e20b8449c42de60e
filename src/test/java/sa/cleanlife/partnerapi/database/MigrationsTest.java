package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** What a start knows of the migrations that there are, and how it runs them. */
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

    private void migrate(String database) {
        var url = DatabaseUrl.parse(database);
        Migrations.run(url, url.hosts().getFirst(), "classpath:db/migration", "filesystem:" + directory);
    }

    /** What the operator is told completes the sentence "The schema of the database …". */
    @Test
    void an_index_that_could_not_be_built_is_told_with_its_cure() throws IOException {
        var database = TestPostgres.newDatabase();
        migrate(database);
        TestPostgres.execute(database, """
                INSERT INTO partner (id, name, status, created_at)
                VALUES (gen_random_uuid(), 'hotel', 'ACTIVE', now()), (gen_random_uuid(), 'other', 'ACTIVE', now())
                """);
        Files.writeString(
                directory.resolve("V1000__index.sql"),
                "CREATE UNIQUE INDEX CONCURRENTLY one_partner ON partner (status);");

        assertThatThrownBy(() -> migrate(database)).hasMessage("could not be brought up to date (SQLSTATE 23505)");
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
        Files.writeString(
                directory.resolve("V1000__index.sql"),
                "CREATE INDEX CONCURRENTLY contact_created_at ON contact (created_at);");

        migrate(database);

        assertThat(
                        TestPostgres.queryNumber(
                                database,
                                "SELECT count(*) FROM pg_index WHERE indexrelid = 'contact_created_at'::regclass AND indisvalid"))
                .isEqualTo(1);
    }
}
