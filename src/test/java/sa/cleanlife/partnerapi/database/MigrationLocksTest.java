package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/**
 * No migration may block partners for a time that grows with a table. The first three are exempt: they are released,
 * and a released migration never changes. The third builds an index during which no contact can be created, some
 * seconds for ten million rows.
 */
@Timeout(60)
class MigrationLocksTest {
    private static final int LAST_EXEMPT = 3;

    private static final String KEY = "not a key";

    @Test
    void no_migration_locks_a_table_for_long() throws IOException, SQLException {
        for (int version = LAST_EXEMPT + 1; version <= UpgradeTest.newestVersion(); version++) {
            var script = script(version);

            assertThat(MigrationLocks.convict(
                            script.getFileName().toString(), Files.readString(script), filled(version - 1)))
                    .isEmpty();
        }
    }

    private static Path script(int version) throws IOException {
        try (var scripts = Files.list(Path.of("src/main/resources/db/migration"))) {
            return scripts.filter(script -> script.getFileName().toString().matches("V%d__.*\\.sql".formatted(version)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A database of this version with rows in every table: scanning an empty one might go unnoticed. */
    private static String filled(int version) {
        var database = TestPostgres.newDatabase();
        TestPostgres.migrateTo(Integer.toString(version), database);
        UpgradeTest.writeRows(database, version, KEY);
        assertThat(tables(database))
                .allSatisfy(table -> assertThat(TestPostgres.queryNumber(database, "SELECT count(*) FROM " + table))
                        .as("rows of %s, which UpgradeTest writes", table)
                        .isPositive());
        return database;
    }

    private static List<String> tables(String database) {
        try (var connection = TestPostgres.connect(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
            var tables = new ArrayList<String>();
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
            return tables;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A database with rows, on the current schema. */
    private static final class Filled {
        private static final String DATABASE = filled(UpgradeTest.newestVersion());
    }

    private static List<String> convict(Path script) throws IOException, SQLException {
        return MigrationLocks.convict("V1000__example.sql", Files.readString(script), Filled.DATABASE);
    }

    static List<Path> locking() throws IOException {
        return scripts("locking");
    }

    static List<Path> brief() throws IOException {
        return scripts("brief");
    }

    private static List<Path> scripts(String kind) throws IOException {
        try (Stream<Path> scripts = Files.list(Path.of("src/test/resources/migrations", kind))) {
            return scripts.sorted().toList();
        }
    }

    @Nested
    class The_check {
        @ParameterizedTest
        @MethodSource("sa.cleanlife.partnerapi.database.MigrationLocksTest#locking")
        void reports_migrations_that_block_others(Path script) throws Exception {
            assertThat(convict(script))
                    .isNotEmpty()
                    .allSatisfy(sentence -> assertThat(sentence)
                            .startsWith("V1000__example.sql ")
                            .containsAnyOf("Lock on it, which blocks ", "changes rows of ", "CONCURRENTLY"))
                    .anySatisfy(sentence -> assertThat(sentence).contains("contact"));
        }

        @Test
        void names_both_tables_of_a_foreign_key() throws Exception {
            assertThat(convict(Path.of("src/test/resources/migrations/locking/foreign_key_of_all_rows.sql")))
                    .hasSize(2)
                    .anySatisfy(sentence -> assertThat(sentence)
                            .contains(" reads all of new_contact_window while it holds ShareRowExclusiveLock"))
                    .anySatisfy(sentence -> assertThat(sentence)
                            .contains(" reads all of api_key while it holds ShareRowExclusiveLock"));
        }

        @Test
        void names_the_migration_the_table_the_lock_and_the_cure() throws Exception {
            assertThat(convict(Path.of("src/test/resources/migrations/locking/index_without_concurrently.sql")))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "V1000__example.sql reads all of contact while it holds ShareLock on it, which blocks writes until the migration ends. Build an index CONCURRENTLY");
        }

        @ParameterizedTest
        @MethodSource("sa.cleanlife.partnerapi.database.MigrationLocksTest#brief")
        void accepts_migrations_that_block_nobody_for_long(Path script) throws Exception {
            assertThat(convict(script)).isEmpty();
        }
    }
}
