package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.internal.exception.FlywayMigrateException;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.database.DatabaseUrl.Host;

/** Migrates the schema to the version that this server knows, with the scripts under {@code db/migration}. */
public final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    /**
     * How long a statement waits for a table lock before it is retried: every later statement on the table waits behind it,
     * so it gives up soon and lets the others go first.
     */
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(500);

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

    private static final Duration LONGEST_WAIT_FOR_LOCKS = Duration.ofMinutes(1);

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String NO_PRIVILEGE =
            "the role may not create or change tables, SQLSTATE 42501; run a command such as partner list as the owner of the database first, or make this role the owner";

    private Migrations() {}

    /** The schema cannot be migrated. The message completes the sentence "The schema of the database …". */
    @SuppressWarnings("serial") // never serialised
    public static final class MigrationException extends RuntimeException {
        private MigrationException(String predicate) {
            super(predicate, null, false, false);
        }
    }

    /**
     * Whether all migrations are done, which is the case at nearly every start. This query saves loading Flyway and its
     * driver, which takes as long as everything else with the database.
     */
    public static Future<Boolean> areDone(Database database) {
        var versions = MigrationScripts.versions(Migrations.class.getClassLoader());
        return database.query("""
                SELECT version
                  FROM flyway_schema_history
                 WHERE success
                 ORDER BY installed_rank
                """, Tuple.tuple())
                .map(rows -> rows.stream().map(row -> row.getString("version")).toList())
                .map(versions::equals)
                // For example, the table does not exist yet.
                .otherwise(false);
    }

    /**
     * Runs the missing migrations; blocks. Several nodes may call this at once: Flyway lets one run at a time.
     *
     * @param primary the server to connect to; the JDBC driver would wait long for a server that accepts a connection
     *     and then is silent
     */
    public static void run(DatabaseUrl url, Host primary) {
        run(url, primary, LONGEST_WAIT_FOR_LOCKS, "classpath:" + MigrationScripts.DIRECTORY);
    }

    static void run(DatabaseUrl url, Host primary, Duration longestWaitForLocks, String... locations) {
        var configuration = Flyway.configure();
        // CREATE INDEX CONCURRENTLY waits for all older transactions, so it would wait for ever for one of Flyway's
        // own. The property for this setting would need jackson-databind, which is not packaged with the server.
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        var source = new MigrationSource(url, primary);
        if (!mayCreateTables(source)) {
            throw notDone(NO_PRIVILEGE);
        }
        var flyway = configuration
                .dataSource(source)
                .callbacks(new LimitWaitForLocks())
                .locations(locations)
                // A server must not write to a newer schema, which it does not know.
                .ignoreMigrationPatterns(new String[0])
                .load();
        long end = System.nanoTime() + longestWaitForLocks.toNanos();
        boolean waiting = false;
        while (true) {
            try {
                refuseHalfDone(flyway);
                flyway.migrate();
                return;
            } catch (FlywayValidateException e) {
                throw new MigrationException(
                        "is not one that this version knows, so a newer version has written it: run that, or restore a backup");
            } catch (FlywayException e) {
                if (!sqlState(e).equals(Optional.of(LOCK_NOT_AVAILABLE)) || System.nanoTime() - end >= 0) {
                    throw notDone(reason(e));
                }
            }
            if (!waiting) {
                waiting = true;
                LOG.warn("migration waiting for a table lock that other transactions hold; retrying");
            }
            pause();
        }
    }

    private static MigrationException notDone(String reason) {
        return new MigrationException("could not be brought up to date (%s)".formatted(reason));
    }

    /** Whether the role may create tables. Without this check, Flyway would try for ten seconds to create its own table. */
    private static boolean mayCreateTables(MigrationSource source) {
        try (var connection = source.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT to_regclass('flyway_schema_history') IS NOT NULL
                               OR coalesce(has_schema_privilege(current_schema(), 'CREATE'), true)
                        """)) {
            return !rows.next() || rows.getBoolean(1);
        } catch (SQLException e) {
            // Flyway meets the same failure, which is reported then.
            return true;
        }
    }

    /**
     * Refuses a schema with a failed migration. A CONCURRENTLY statement runs in no transaction, so when it fails it
     * may leave something behind, such as an invalid index; and Flyway runs the migration again only when its row is
     * deleted.
     */
    private static void refuseHalfDone(Flyway flyway) {
        Stream.of(flyway.info().all())
                .filter(migration -> migration.getState() == MigrationState.FAILED)
                .findFirst()
                .ifPresent(failed -> {
                    throw new MigrationException(
                            "is halfway through migration %s, which failed: drop any index that it left invalid, run \"DELETE FROM flyway_schema_history WHERE NOT success\", and start again"
                                    .formatted(failed.getVersion()));
                });
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException("could not be brought up to date, since the start was interrupted");
        }
    }

    /**
     * Sets the lock timeout of migrations that run in a transaction. CREATE INDEX CONCURRENTLY, which runs in none, has
     * no timeout: nobody waits behind it, and a failure would leave an invalid index.
     */
    private static final class LimitWaitForLocks extends BaseCallback {
        @Override
        public boolean supports(Event event, Context context) {
            return event == Event.BEFORE_EACH_MIGRATE;
        }

        @Override
        public void handle(Event event, Context context) {
            try (var statement = context.getConnection().createStatement()) {
                if (!context.getConnection().getAutoCommit()) {
                    statement.execute("SET LOCAL lock_timeout = %d".formatted(LOCK_TIMEOUT.toMillis()));
                }
            } catch (SQLException e) {
                throw new FlywayException(e);
            }
        }
    }

    /**
     * The kind of failure and the remedy, where one is known. Messages of Flyway are not used, since they quote the
     * statement and the URL.
     */
    private static String reason(FlywayException failure) {
        var migration = failure instanceof FlywayMigrateException e
                ? "migration %s: ".formatted(e.getMigration().getVersion())
                : "";
        return migration + cause(failure);
    }

    private static String cause(FlywayException failure) {
        return sqlState(failure)
                .map(state -> switch (state) {
                    case "42501" -> NO_PRIVILEGE;
                    case LOCK_NOT_AVAILABLE ->
                        "other transactions hold its tables, SQLSTATE 55P03; end the long ones, which pg_stat_activity lists, and start again";
                    default -> "SQLSTATE " + state;
                })
                .orElseGet(() -> failure.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE
                        ? "it holds another program's tables; name a database of the server's own"
                        : failure.getClass().getSimpleName());
    }

    private static Optional<String> sqlState(FlywayException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e) {
                return Optional.ofNullable(e.getSQLState());
            }
        }
        return Optional.empty();
    }
}
