package sa.cleanlife.partnerapi.database;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.util.concurrent.TimeoutException;

/** The database cannot answer now but may again soon: asking again is right, changing the request is not. */
@SuppressWarnings("serial") // never serialised
public final class DatabaseUnavailableException extends RuntimeException {
    /** Why there was no answer. */
    public enum Reason {
        /** More is asked than can be answered in time. It is certain that nothing was done: the database was not asked. */
        OVERLOADED,
        /** The server can be read, but has no space for what was to be written, which it was not. */
        DISK_FULL,
        /** The server is there, but this user, password or database is not what it knows. */
        LOGIN_REFUSED,
        /** Nothing was heard in time; what was asked may have taken effect. */
        NO_ANSWER,
        /** There was no connection, or it was lost; what was asked may have taken effect. */
        NO_CONNECTION,
        /** The server is a standby, or commits on it would not end. */
        NOT_WRITABLE,
        /** The server said no for the state that it is in, by an SQLSTATE. */
        REFUSED_BY_SERVER;

        private static Reason of(String sqlState) {
            if (sqlState.equals("53100")) {
                return DISK_FULL;
            }
            return sqlState.startsWith("28") || sqlState.startsWith("3D") ? LOGIN_REFUSED : REFUSED_BY_SERVER;
        }
    }

    private final Reason reason;

    static DatabaseUnavailableException overloaded() {
        return new DatabaseUnavailableException(Reason.OVERLOADED, "overloaded");
    }

    static DatabaseUnavailableException noAnswer() {
        return new DatabaseUnavailableException(Reason.NO_ANSWER, "no answer in time");
    }

    DatabaseUnavailableException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Names the kind of failure only: a message of the driver or the server may quote a value. */
    static DatabaseUnavailableException because(Throwable failure) {
        return switch (failure) {
            case DatabaseUnavailableException already -> already;
            case PgException e -> ofSqlState(e.getSqlState());
            case TimeoutException e -> noAnswer();
            case VertxException e
            when e.getCause() == null ->
                new DatabaseUnavailableException(Reason.NO_CONNECTION, "connection lost, or none to be had");
            default ->
                new DatabaseUnavailableException(
                        Reason.NO_CONNECTION, rootCause(failure).getClass().getSimpleName());
        };
    }

    private static DatabaseUnavailableException ofSqlState(String sqlState) {
        var reason = Reason.of(sqlState);
        var message = (reason == Reason.DISK_FULL ? "the database's disk is full, " : "") + "SQLSTATE " + sqlState;
        return new DatabaseUnavailableException(reason, message);
    }

    private static Throwable rootCause(Throwable failure) {
        return failure.getCause() == null ? failure : rootCause(failure.getCause());
    }

    public Reason reason() {
        return reason;
    }

    public boolean isOverloaded() {
        return reason == Reason.OVERLOADED;
    }

    public boolean isDiskFull() {
        return reason == Reason.DISK_FULL;
    }
}
