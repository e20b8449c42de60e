package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/**
 * No migration may keep partners waiting for as long as a table is large. The first three are exempt: they have been
 * released as they are, and what was released is never changed. The third builds an index while no contact can be created,
 * which is some seconds for ten million.
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

    /** A database of that version, with rows in every table: reading an empty one would be noticed less. */
    private static String filled(int version) {
        var database = TestPostgres.newDatabase();
        TestPostgres.migrateTo(Integer.toString(version), database);
        UpgradeTest.writeRows(database, version, KEY);
        assertThat(TestPostgres.queryNumber(database, """
                        SELECT count(*)
                          FROM pg_tables t
                         WHERE t.schemaname = 'public'
                           AND xpath_exists('/table/row', query_to_xml(format('SELECT FROM %I LIMIT 1', t.tablename), true, false, ''))
                               = false
                        """))
                .as("tables without rows")
                .isZero();
        return database;
    }

    /** On the schema as it is now. */
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
        void convicts_what_reads_or_writes_all_of_a_table_under_a_lock(Path script) throws Exception {
            assertThat(convict(script))
                    .singleElement()
                    .asString()
                    .startsWith("V1000__example.sql ")
                    .contains("contact")
                    .containsAnyOf("Lock on it, which blocks ", "CONCURRENTLY");
        }

        @Test
        void names_the_migration_the_table_the_lock_and_the_cure() throws Exception {
            assertThat(convict(Path.of("src/test/resources/migrations/locking/index_without_concurrently.sql")))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "V1000__example.sql reads all of contact while it holds ShareLock on it, which blocks writes until it is over. Build an index CONCURRENTLY");
        }

        @ParameterizedTest
        @MethodSource("sa.cleanlife.partnerapi.database.MigrationLocksTest#brief")
        void acquits_what_others_hardly_notice(Path script) throws Exception {
            assertThat(convict(script)).isEmpty();
        }
    }
}
