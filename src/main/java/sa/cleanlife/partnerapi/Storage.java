package sa.cleanlife.partnerapi;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException.Reason;
import sa.cleanlife.partnerapi.database.DatabaseUrl;
import sa.cleanlife.partnerapi.database.Migrations;
import sa.cleanlife.partnerapi.database.Migrations.MigrationException;
import sa.cleanlife.partnerapi.database.embedded.EmbeddedPostgres;

/**
 * The database that the settings name: the operator's own, or the embedded one, which runs while this is open. A
 * database that cannot be used causes a {@link StartupException}.
 */
public final class Storage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);

    /** At least two attempts, since in the first one a process that has just started may itself be too slow. */
    private static final int FEWEST_ATTEMPTS = 2;

    private final Settings settings;
    private final DatabaseUrl url;
    private final @Nullable EmbeddedPostgres embedded;
    private final Database database;

    private Storage(Vertx vertx, Settings settings, DatabaseUrl url, @Nullable EmbeddedPostgres embedded) {
        this.settings = settings;
        this.url = url;
        this.embedded = embedded;
        this.database = new Database(vertx, url);
    }

    /** Opens the database for the server, which has its data directory to itself. */
    public static Storage forServer(Vertx vertx, Settings settings) {
        return settings.databaseUrl()
                .map(url -> new Storage(vertx, settings, url, null))
                .orElseGet(() -> embedded(vertx, settings, EmbeddedPostgres.serve(settings.dataDirectory())));
    }

    /** Opens the database for an operator's command, whether the server runs or not. */
    public static Storage forCommand(Vertx vertx, Settings settings) {
        return settings.databaseUrl()
                .map(url -> new Storage(vertx, settings, url, null))
                .orElseGet(() -> embedded(vertx, settings, EmbeddedPostgres.forCommand(settings.dataDirectory())));
    }

    private static Storage embedded(Vertx vertx, Settings settings, EmbeddedPostgres embedded) {
        return new Storage(vertx, settings, DatabaseUrl.parse(embedded.connectionUri()), embedded);
    }

    public Database database() {
        return database;
    }

    boolean isEmbedded() {
        return embedded != null;
    }

    /**
     * Blocks until the database can be used: it answers, it is durable, and it has this version's schema.
     *
     * @param patient whether to keep waiting for a database that does not answer
     */
    public void prepare(BooleanSupplier patient) {
        awaitAnswer(patient);
        try {
            if (!isEmbedded()) {
                refuseUnsuitable();
            }
            requireDurable();
            migrate();
        } catch (DatabaseUnavailableException e) {
            throw refusal(e);
        }
    }

    /**
     * Starts to check the database periodically: {@link Database#isAvailable} reports the result, and an embedded
     * database that has died is restarted.
     */
    void watch() {
        database.watch(() -> Optional.ofNullable(embedded).ifPresent(EmbeddedPostgres::revive));
        database.shortConnectionLimit()
                .onSuccess(limit -> limit.ifPresent(connections -> LOG.atWarn()
                        .addKeyValue("connections", connections)
                        .addKeyValue("remedy", Reason.CONNECTION_LIMIT.remedy().orElse(""))
                        .log("connection limit below what a server may need; requests may get a 503 under load")));
    }

    private void awaitAnswer(BooleanSupplier patient) {
        var told = EnumSet.noneOf(Reason.class);
        for (int attempt = 1; true; attempt++) {
            try {
                database.ping().await();
                return;
            } catch (DatabaseUnavailableException e) {
                boolean isPatient = mayPass(e.reason()) && patient.getAsBoolean();
                if (!mayPass(e.reason()) || (!isPatient && attempt >= FEWEST_ATTEMPTS)) {
                    throw refusal(e);
                }
                if (isPatient && told.add(e.reason())) {
                    LOG.atWarn()
                            .addKeyValue("database", url)
                            .addKeyValue("reason", e.getMessage())
                            .addKeyValue("remedy", e.reason().remedy().orElse(""))
                            .log("database is not available yet; waiting for it");
                }
            }
            pause();
        }
    }

    /** Whether the cause can be removed without a change of the settings, so that waiting may help. */
    private static boolean mayPass(Reason reason) {
        return switch (reason) {
            case LOGIN_REFUSED, SESSION_NOT_KEPT -> false;
            case OVERLOADED,
                    DISK_FULL,
                    NO_ANSWER,
                    NO_CONNECTION,
                    NOT_WRITABLE,
                    READ_ONLY,
                    CONNECTION_LIMIT,
                    REFUSED_BY_POOLER,
                    REFUSED_BY_SERVER -> true;
        };
    }

    private StartupException refusal(DatabaseUnavailableException failure) {
        var trouble = switch (failure.reason()) {
            case LOGIN_REFUSED -> "refuses the login";
            case CONNECTION_LIMIT, REFUSED_BY_POOLER -> "refuses the connection";
            case READ_ONLY, NOT_WRITABLE, DISK_FULL -> "cannot be written to";
            case SESSION_NOT_KEPT -> "cannot be used through this pooler";
            case OVERLOADED, NO_ANSWER, NO_CONNECTION, REFUSED_BY_SERVER -> "does not answer";
        };
        var sentence = "The database at %s %s (%s).".formatted(url, trouble, failure.getMessage());
        return new StartupException(
                failure.reason().remedy().map(remedy -> sentence + " " + remedy).orElse(sentence));
    }

    /**
     * Refuses an encoding that cannot hold every name, and a pooler that shares sessions, behind which the settings of
     * a session are not reliable.
     */
    private void refuseUnsuitable() {
        if (!database.keepsSessions().await()) {
            throw refusal(DatabaseUnavailableException.sessionNotKept());
        }
        var encoding = database.encoding().await();
        if (!encoding.equals("UTF8")) {
            throw new StartupException(
                    "The database at %s has the encoding %s, which cannot hold every name. Create one that can, with CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0, and name it in PARTNER_API_DATABASE_URL."
                            .formatted(url, encoding));
        }
    }

    private void requireDurable() {
        var forgetful = database.settingsThatLoseData().await();
        if (!forgetful.isEmpty() && !settings.riskLosingContacts()) {
            throw new StartupException(
                    "The database at %s has %s, so it can lose acknowledged contacts when it or its machine stops. Turn it on, or set PARTNER_API_RISK_LOSING_CONTACTS=true if these contacts may be lost."
                            .formatted(url, String.join(" and ", forgetful)));
        }
    }

    private void migrate() {
        if (Migrations.areDone(database).await()) {
            return;
        }
        try {
            Migrations.run(url, database.primary().await());
        } catch (MigrationException e) {
            throw new StartupException("The schema of the database at %s %s.".formatted(url, e.getMessage()));
        }
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException("The start was interrupted.");
        }
    }

    @Override
    public void close() {
        try {
            database.close().await();
        } finally {
            Optional.ofNullable(embedded).ifPresent(EmbeddedPostgres::close);
        }
    }
}
