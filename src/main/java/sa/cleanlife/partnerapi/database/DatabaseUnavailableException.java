package sa.cleanlife.partnerapi.database;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.util.concurrent.TimeoutException;

/** The database cannot answer now but may again soon: asking again is right, changing the request is not. */
@SuppressWarnings("serial") // never serialised
public final class DatabaseUnavailableException extends RuntimeException {
    private static final String OVERLOADED = "overloaded";

    private static final String DISK_FULL = "53100";

    private final String sqlState;

    /** More is asked than can be answered in time, so this was not. */
    static DatabaseUnavailableException overloaded() {
        return new DatabaseUnavailableException(OVERLOADED);
    }

    DatabaseUnavailableException(String reason) {
        this(reason, "");
    }

    private DatabaseUnavailableException(String reason, String sqlState) {
        super(reason, null, false, false);
        this.sqlState = sqlState;
    }

    /** Names the kind of failure only: a message of the driver or the server may quote a value. */
    static DatabaseUnavailableException because(Throwable failure) {
        return switch (failure) {
            case DatabaseUnavailableException already -> already;
            case PgException e -> new DatabaseUnavailableException(reason(e.getSqlState()), e.getSqlState());
            case TimeoutException e -> new DatabaseUnavailableException("no answer in time");
            case VertxException e
            when e.getCause() == null -> new DatabaseUnavailableException("connection lost, or none to be had");
            default ->
                new DatabaseUnavailableException(rootCause(failure).getClass().getSimpleName());
        };
    }

    private static String reason(String sqlState) {
        return (sqlState.equals(DISK_FULL) ? "the database's disk is full, " : "") + "SQLSTATE " + sqlState;
    }

    private static Throwable rootCause(Throwable failure) {
        return failure.getCause() == null ? failure : rootCause(failure.getCause());
    }

    /** Whether it is certain that nothing was done, since the database was not even asked. */
    public boolean isOverloaded() {
        return OVERLOADED.equals(getMessage());
    }

    /** Whether the database is there and can be read, but has no space for what was to be written, which it was not. */
    public boolean isDiskFull() {
        return sqlState.equals(DISK_FULL);
    }

    /** Whether the server is there, but this user, password or database is not what it knows. */
    public boolean isLoginRefused() {
        return sqlState.startsWith("28") || sqlState.startsWith("3D");
    }
}
