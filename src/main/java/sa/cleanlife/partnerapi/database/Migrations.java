package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import sa.cleanlife.partnerapi.database.DatabaseUrl.Host;

/** Brings the schema to the version this server knows, with the scripts under {@code db/migration}. */
public final class Migrations {
    private Migrations() {}

    /** The schema cannot be brought up to date. The message completes the sentence "The schema of the database …". */
    @SuppressWarnings("serial") // never serialised
    public static final class MigrationException extends RuntimeException {
        private MigrationException(String predicate) {
            super(predicate, null, false, false);
        }
    }

    /**
     * Whether there is nothing to do, which is so at nearly every start: to find that out Flyway and its driver take as long
     * as everything else with the database.
     */
    public static Future<Boolean> areDone(Statements database) {
        var versions = MigrationScripts.versions(Migrations.class.getClassLoader());
        return database.query("""
                SELECT version
                  FROM flyway_schema_history
                 WHERE success
                 ORDER BY installed_rank
                """, Tuple.tuple())
                .map(rows -> rows.stream().map(row -> row.getString("version")).toList())
                .map(versions::equals)
                // There is no such table yet, for one.
                .otherwise(false);
    }

    /**
     * Blocks. Several nodes may do this at once: Flyway lets one at a time.
     *
     * @param primary which of the servers: JDBC's driver would spend its time on one that takes a connection and says nothing
     */
    public static void run(DatabaseUrl url, Host primary) {
        run(url, primary, "classpath:" + MigrationScripts.DIRECTORY);
    }

    static void run(DatabaseUrl url, Host primary, String... locations) {
        var configuration = Flyway.configure();
        // Whoever builds an index CONCURRENTLY waits for all older transactions, so for ever for Flyway's own. As a
        // property, this would need jackson-databind, which the packaged server has not.
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        var flyway = configuration
                .dataSource(url.jdbcUrl(primary), url.user(), url.password())
                .locations(locations)
                // A newer schema is refused, rather than written to by a server that does not know it.
                .ignoreMigrationPatterns(new String[0])
                .load();
        try {
            refuseHalfDone(flyway);
            flyway.migrate();
        } catch (FlywayValidateException e) {
            throw new MigrationException(
                    "is not one that this version knows, so a newer version has written it: run that, or restore a backup");
        } catch (FlywayException e) {
            throw new MigrationException("could not be brought up to date (%s)".formatted(reason(e)));
        }
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

    /** The kind of failure only: Flyway's messages quote the statement and the URL. */
    private static String reason(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e) {
                return "SQLSTATE " + e.getSQLState();
            }
        }
        return failure.getClass().getSimpleName();
    }
}
