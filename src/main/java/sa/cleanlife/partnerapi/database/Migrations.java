package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
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

/** Brings the schema to the version this server knows, with the scripts under {@code db/migration}. */
public final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    /**
     * A statement that waits for a lock on a table holds up everybody who comes to the table after it, so it waits only this
     * long, and lets the others go first before it tries again.
     */
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(500);

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

    private static final Duration LONGEST_WAIT_FOR_LOCKS = Duration.ofMinutes(1);

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final String OF_ANOTHER_PROGRAM =
            "it holds another program's tables; name a database of the server's own";

    private Migrations() {}

    /** The schema cannot be brought up to date. The message completes the sentence "The schema of the database …". */
    @SuppressWarnings("serial") // never serialised
    public static final class MigrationException extends RuntimeException {
        private final boolean lacksPrivilege;

        private MigrationException(String predicate) {
            this(predicate, false);
        }

        private MigrationException(String predicate, boolean lacksPrivilege) {
            super(predicate, null, false, false);
            this.lacksPrivilege = lacksPrivilege;
        }

        /** Whether the cause is that the role has not been granted something. */
        public boolean lacksPrivilege() {
            return lacksPrivilege;
        }
    }

    /**
     * Whether there is nothing to do, which is so at nearly every start: to find that out Flyway and its driver take as long
     * as everything else with the database. Fails with a {@link MigrationException} when the history cannot be read.
     */
    public static Future<Boolean> areDone(Database database) {
        var scripts = MigrationScripts.scripts(Migrations.class.getClassLoader());
        return database.query("SELECT current_schema() IS NOT NULL", Tuple.tuple())
                .compose(rows -> rows.iterator().next().getBoolean(0)
                        ? database.query("""
                                SELECT script
                                  FROM flyway_schema_history
                                 WHERE success
                                 ORDER BY installed_rank
                                """, Tuple.tuple())
                        : Future.failedFuture(new MigrationException("may not be used by this role", true)))
                .map(rows -> rows.stream().map(row -> row.getString("script")).toList())
                .map(scripts::equals)
                .recover(Migrations::withoutHistory);
    }

    /** Only a table that is not there says that there is something to do. */
    private static Future<Boolean> withoutHistory(Throwable failure) {
        if (!(failure instanceof PgException refusal)) {
            return Future.failedFuture(failure);
        }
        return switch (refusal.getSqlState()) {
            case UNDEFINED_TABLE -> Future.succeededFuture(false);
            case INSUFFICIENT_PRIVILEGE ->
                Future.failedFuture(new MigrationException(
                        "may not be read by this role (SQLSTATE %s)".formatted(INSUFFICIENT_PRIVILEGE), true));
            case String state ->
                Future.failedFuture(new MigrationException("could not be read (SQLSTATE %s)".formatted(state)));
        };
    }

    /**
     * Blocks. Several nodes may do this at once: Flyway lets one at a time.
     *
     * @param primary which of the servers: JDBC's driver would spend its time on one that takes a connection and says nothing
     */
    public static void run(DatabaseUrl url, Host primary) {
        run(url, primary, LONGEST_WAIT_FOR_LOCKS, "classpath:" + MigrationScripts.DIRECTORY);
    }

    static void run(DatabaseUrl url, Host primary, Duration longestWaitForLocks, String... locations) {
        var configuration = Flyway.configure();
        // Whoever builds an index CONCURRENTLY waits for all older transactions, so for ever for Flyway's own. As a
        // property, this would need jackson-databind, which the packaged server has not.
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        var flyway = configuration
                .dataSource(new MigrationSource(url, primary))
                .callbacks(new LimitWaitForLocks())
                .locations(locations)
                // A newer schema is refused, rather than written to by a server that does not know it.
                .ignoreMigrationPatterns(new String[0])
                .load();
        long end = System.nanoTime() + longestWaitForLocks.toNanos();
        boolean waiting = false;
        while (true) {
            try {
                refuseHistoryOfAnotherProgram(flyway);
                refuseHalfDone(flyway);
                flyway.migrate();
                return;
            } catch (FlywayValidateException e) {
                throw new MigrationException(
                        "is not one that this version knows, so a newer version has written it: run that, or restore a backup");
            } catch (FlywayException e) {
                if (!sqlState(e).equals(Optional.of(LOCK_NOT_AVAILABLE)) || System.nanoTime() - end >= 0) {
                    throw new MigrationException(
                            "could not be brought up to date (%s)".formatted(reason(e)),
                            sqlState(e).equals(Optional.of(INSUFFICIENT_PRIVILEGE)));
                }
            }
            if (!waiting) {
                waiting = true;
                LOG.warn("a migration waits for a table that other transactions hold; it is tried again and again");
            }
            pause();
        }
    }

    /** Another program may keep its history in a table of the same name, since Flyway gives that name to all. */
    private static void refuseHistoryOfAnotherProgram(Flyway flyway) {
        var first = MigrationScripts.scripts(Migrations.class.getClassLoader()).getFirst();
        Stream.of(flyway.info().applied())
                .findFirst()
                .filter(applied -> !applied.getScript().equals(first))
                .ifPresent(applied -> {
                    throw new MigrationException("could not be brought up to date (%s)".formatted(OF_ANOTHER_PROGRAM));
                });
    }

    /**
     * What is done CONCURRENTLY is done in no transaction. When it fails, some of it may stay, such as an index that is
     * invalid, and Flyway runs it again only when its row is gone.
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
     * For the migrations that Flyway runs in a transaction. An index that is built CONCURRENTLY, in none, waits for as long as
     * it must: nobody waits for it, and what it has begun stays when it fails.
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

    /** The kind of failure, and what helps where that is known: Flyway's messages quote the statement and the URL. */
    private static String reason(FlywayException failure) {
        var migration = failure instanceof FlywayMigrateException e
                ? "migration %s: ".formatted(e.getMigration().getVersion())
                : "";
        return migration + cause(failure);
    }

    private static String cause(FlywayException failure) {
        return sqlState(failure)
                .map(state -> switch (state) {
                    case INSUFFICIENT_PRIVILEGE ->
                        "the role may not create or change tables, SQLSTATE 42501; run a command such as partner list as the owner of the database first, or make this role the owner";
                    case LOCK_NOT_AVAILABLE ->
                        "other transactions hold its tables, SQLSTATE 55P03; end the long ones, which pg_stat_activity lists, and start again";
                    default -> "SQLSTATE " + state;
                })
                .orElseGet(() -> failure.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE
                        ? OF_ANOTHER_PROGRAM
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
