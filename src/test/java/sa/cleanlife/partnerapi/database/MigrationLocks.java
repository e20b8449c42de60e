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
 * Detects migrations that block a table for a time that grows with its size. Either the migration holds a lock on the
 * table that blocks reads or writes, and scans or rewrites the whole table in the same transaction; or it changes rows
 * of an existing table, which no other transaction can change until it ends. The migration is run in a transaction that
 * is rolled back.
 */
final class MigrationLocks {
    /** Lock modes that block a write until the commit, and with it every reader and writer queued behind it. */
    private static final List<String> BLOCKING =
            List.of("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock");

    private static final Pattern COMMENT = Pattern.compile("--.*");
    private static final Pattern CONCURRENTLY =
            Pattern.compile("(CREATE( UNIQUE)?|DROP|REINDEX)( INDEX| TABLE)? CONCURRENTLY .*");

    private static final String CURE = """
            Build an index CONCURRENTLY, in a migration of its own, and make a constraint of it with USING INDEX in the next; \
            add a CHECK as NOT VALID and validate it in the next migration, after which SET NOT NULL needs no scan; \
            give a new column a constant default, or none; add a new column instead of changing a column's type.""";

    private MigrationLocks() {}

    private static final String CURE_OF_CHANGED_ROWS =
            "Change them outside of migrations in portions, each in its own transaction.";

    /**
     * The number of scans in this transaction and the table's file, one of which changes when the whole table is read
     * or rewritten; and the number of updated or deleted rows.
     */
    private record Traces(String table, long scans, long file, long changedRows) {}

    /** Returns a sentence for each table that the migration blocks for long; none for a migration that does not. */
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
                    // The table was dropped, not read.
                    return;
                }
                if (lock != null && (now.scans() != traces.scans() || now.file() != traces.file())) {
                    verdicts.add("%s %s all of %s while it holds %s on it, which blocks %s until the migration ends. %s"
                            .formatted(
                                    migration,
                                    now.file() == traces.file() ? "reads" : "rewrites",
                                    traces.table(),
                                    lock,
                                    lock.equals("AccessExclusiveLock") ? "reads and writes" : "writes",
                                    CURE));
                } else if (now.changedRows() != traces.changedRows()) {
                    verdicts.add(
                            "%s changes rows of %s, which blocks other changes of these rows until the migration ends. %s"
                                    .formatted(migration, traces.table(), CURE_OF_CHANGED_ROWS));
                }
            });
            return verdicts;
        }
    }

    /**
     * Flyway runs such a script without a transaction, so after a failure half of it stays; and the statements beside
     * the concurrent one would go unchecked here.
     */
    private static List<String> convictConcurrent(String migration, String statements) {
        var others = new ArrayList<String>();
        for (var statement : statements.split(";", -1)) {
            var words = statement.strip().replaceAll("\\s+", " ");
            if (!words.isEmpty() && !CONCURRENTLY.matcher(words).matches()) {
                others.add("%s has %s beside a CONCURRENTLY statement: put it into a migration of its own."
                        .formatted(migration, words));
            }
        }
        return others;
    }

    /** The strongest blocking lock by the table's oid, since a table may be renamed. */
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

    /** The traces by the table's oid. */
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
