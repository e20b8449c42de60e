package sa.cleanlife.partnerapi.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/**
 * Tells whether a migration keeps others from a table for as long as that is large: whether it holds a lock on the table
 * that blocks reads or writes, and in the same transaction reads all of the table or writes it anew; or whether it changes
 * rows of a table that was there before, which nobody else can change until it is over. The migration is tried in a
 * transaction that is rolled back.
 */
final class MigrationLocks {
    /** What blocks a write blocks it until the commit, and every reader and writer that comes after it. */
    private static final List<String> BLOCKING =
            List.of("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock");

    private static final Pattern COMMENT = Pattern.compile("--.*");
    private static final Pattern CONCURRENTLY =
            Pattern.compile("(CREATE( UNIQUE)?|DROP|REINDEX)( INDEX| TABLE)? CONCURRENTLY .*");

    private static final String CURE = """
            Build an index CONCURRENTLY, in a migration of its own, and make a constraint of it with USING INDEX in the next; \
            add a check NOT VALID and validate it in the next migration, which lets SET NOT NULL read nothing; \
            give a new column a constant default, or none; put a column beside the one whose type is to change.""";

    private MigrationLocks() {}

    private static final String CURE_OF_CHANGED_ROWS =
            "Change them in portions, each in a transaction of its own, outside of migrations.";

    /**
     * The number of scans in this transaction, and the table's file. Either changes when all of the table is read or
     * rewritten. Beside them how many rows were updated or deleted.
     */
    private record Traces(String table, long scans, long file, long changedRows) {}

    /** A sentence for each table that is locked for long; none for a migration that others hardly notice. */
    static List<String> convict(String migration, String script, String database) throws SQLException {
        var statements = COMMENT.matcher(script).replaceAll("");
        if (statements.contains("CONCURRENTLY")) {
            return convictConcurrent(migration, statements);
        }
        try (var connection = TestPostgres.connect(database)) {
            connection.setAutoCommit(false);
            var before = traces(connection);
            try (var statement = connection.createStatement()) {
                statement.execute(script);
            }
            var locks = locks(connection);
            var after = traces(connection);
            connection.rollback();
            var verdicts = new ArrayList<String>();
            before.forEach((table, traces) -> {
                var lock = locks.get(table);
                var now = after.get(table);
                if (now == null) {
                    // A table that is gone was not read.
                    return;
                }
                if (lock != null && (now.scans() != traces.scans() || now.file() != traces.file())) {
                    verdicts.add("%s %s all of %s while it holds %s on it, which blocks %s until it is over. %s"
                            .formatted(
                                    migration,
                                    now.file() == traces.file() ? "reads" : "writes anew",
                                    traces.table(),
                                    lock,
                                    lock.equals("AccessExclusiveLock") ? "reads and writes" : "writes",
                                    CURE));
                } else if (now.changedRows() != traces.changedRows()) {
                    verdicts.add("%s changes rows of %s, which blocks other changes of these until it is over. %s"
                            .formatted(migration, traces.table(), CURE_OF_CHANGED_ROWS));
                }
            });
            return verdicts;
        }
    }

    /** Flyway runs such a script in no transaction, so half of it stays when it fails; and what is beside it is not tried here. */
    private static List<String> convictConcurrent(String migration, String statements) {
        var others = new ArrayList<String>();
        for (var statement : statements.split(";", -1)) {
            var words = statement.strip().replaceAll("\\s+", " ");
            if (!words.isEmpty() && !CONCURRENTLY.matcher(words).matches()) {
                others.add("%s has %s beside what it does CONCURRENTLY: put it into a migration of its own."
                        .formatted(migration, words));
            }
        }
        return others;
    }

    /** The strongest that blocks, by the table's oid: a table may be renamed. */
    private static Map<Long, String> locks(Connection connection) throws SQLException {
        var locks = new TreeMap<Long, String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT l.relation, l.mode
                          FROM pg_locks l
                         WHERE l.locktype = 'relation'
                           AND l.pid = pg_backend_pid()
                           AND l.granted
                        """)) {
            while (rows.next()) {
                var mode = rows.getString("mode");
                if (BLOCKING.contains(mode)) {
                    locks.merge(
                            rows.getLong("relation"),
                            mode,
                            (one, other) -> BLOCKING.indexOf(one) > BLOCKING.indexOf(other) ? one : other);
                }
            }
        }
        return locks;
    }

    /** By the table's oid. */
    private static Map<Long, Traces> traces(Connection connection) throws SQLException {
        var traces = new TreeMap<Long, Traces>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT t.oid, t.relname, pg_stat_get_xact_numscans(t.oid) AS scans,
                               pg_relation_filenode(t.oid) AS file,
                               pg_stat_get_xact_tuples_updated(t.oid) + pg_stat_get_xact_tuples_deleted(t.oid) AS changed
                          FROM pg_class t
                         WHERE t.relkind = 'r'
                           AND t.relnamespace = 'public'::regnamespace
                        """)) {
            while (rows.next()) {
                traces.put(
                        rows.getLong("oid"),
                        new Traces(
                                rows.getString("relname"),
                                rows.getLong("scans"),
                                rows.getLong("file"),
                                rows.getLong("changed")));
            }
        }
        return traces;
    }
}
