package sa.cleanlife.partnerapi.database;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** The database cannot serve the request now but may do so soon: the caller should retry it unchanged. */
@SuppressWarnings("serial") // never serialised
public final class DatabaseUnavailableException extends RuntimeException {
    /** Why the database was unavailable. */
    public enum Reason {
        /** The queue is too long. The request was not sent to the database, so it had no effect. */
        OVERLOADED,
        /** The server can be read, but had no space for a write, which had no effect. */
        DISK_FULL,
        /** The server rejected the user, the password or the database name. */
        LOGIN_REFUSED,
        /** The timeout passed without a response; the request may have taken effect. */
        NO_ANSWER,
        /** No connection was available, or it was lost; the request may have taken effect. */
        NO_CONNECTION,
        /** The server is a standby, or a commit on it would wait for a standby that is gone. */
        NOT_WRITABLE,
        /** The role, the database or the server is configured as read-only. */
        READ_ONLY,
        /** The role, the database, the server or a pooler has reached its connection limit. */
        CONNECTION_LIMIT,
        /** A pooler in front of the server refused the connection; its reason is not machine-readable. */
        REFUSED_BY_POOLER,
        /** A pooler spreads the statements of one connection over several server sessions. */
        SESSION_NOT_KEPT,
        /** The server refused because of its state, as its SQLSTATE says. */
        REFUSED_BY_SERVER;

        private static Reason of(String sqlState) {
            return switch (sqlState) {
                case "53100" -> DISK_FULL;
                case "53300" -> CONNECTION_LIMIT;
                case "25006" -> READ_ONLY;
                // PgBouncer uses this state for nearly every error.
                case "08P01" -> REFUSED_BY_POOLER;
                // A prepared statement exists already or is missing: it was prepared in a session that belongs to
                // another connection by now.
                case "42P05", "26000" -> SESSION_NOT_KEPT;
                case String state when state.startsWith("28") || state.startsWith("3D") -> LOGIN_REFUSED;
                default -> REFUSED_BY_SERVER;
            };
        }

        /**
         * What the operator can do, as a sentence; empty where the reason says it or the remedy depends on the case.
         */
        public Optional<String> remedy() {
            return switch (this) {
                case DISK_FULL -> Optional.of("Make space on the database's disk.");
                case LOGIN_REFUSED ->
                    Optional.of("Check the user, the password and the database's name in PARTNER_API_DATABASE_URL.");
                case READ_ONLY ->
                    Optional.of(
                            "Turn default_transaction_read_only off for the role and the database, or name another role in PARTNER_API_DATABASE_URL.");
                case CONNECTION_LIMIT ->
                    Optional.of(
                            "Raise the CONNECTION LIMIT of the role or the database, or max_connections, or close other connections: one server opens up to %d."
                                    .formatted(Pools.MOST_CONNECTIONS));
                case REFUSED_BY_POOLER ->
                    Optional.of(
                            "See the pooler's log: the cause may be its connection limit, the user or the database.");
                case SESSION_NOT_KEPT ->
                    Optional.of(
                            "Set pool_mode = session in PgBouncer, or session mode in another pooler, or connect to PostgreSQL directly.");
                case OVERLOADED, NO_ANSWER, NO_CONNECTION, NOT_WRITABLE, REFUSED_BY_SERVER -> Optional.empty();
            };
        }

        /** What the SQLSTATE means, for a reader of the log; empty or ending in a comma. */
        private String inWords() {
            return switch (this) {
                case DISK_FULL -> "the database's disk is full, ";
                case READ_ONLY -> "default_transaction_read_only is on, ";
                case CONNECTION_LIMIT -> "connection limit reached, ";
                case REFUSED_BY_POOLER -> "refused by a pooler, ";
                case SESSION_NOT_KEPT -> "a pooler does not keep sessions, ";
                case OVERLOADED, LOGIN_REFUSED, NO_ANSWER, NO_CONNECTION, NOT_WRITABLE, REFUSED_BY_SERVER -> "";
            };
        }
    }

    private final Reason reason;

    static DatabaseUnavailableException overloaded() {
        return new DatabaseUnavailableException(Reason.OVERLOADED, "overloaded");
    }

    static DatabaseUnavailableException noAnswer() {
        return new DatabaseUnavailableException(Reason.NO_ANSWER, "timeout");
    }

    /** For a check that detects it before a statement fails. */
    public static DatabaseUnavailableException sessionNotKept() {
        return new DatabaseUnavailableException(
                Reason.SESSION_NOT_KEPT, "a pooler gives one server session to several connections");
    }

    DatabaseUnavailableException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /**
     * The exception for a failure. Its message names only the kind of failure: a message of the driver or the server
     * may quote a value.
     */
    static DatabaseUnavailableException because(Throwable failure) {
        return switch (failure) {
            case DatabaseUnavailableException already -> already;
            case PgException e -> ofSqlState(e.getSqlState());
            case TimeoutException e -> noAnswer();
            case VertxException e
            when e.getCause() == null ->
                new DatabaseUnavailableException(Reason.NO_CONNECTION, "connection lost or not available");
            default ->
                new DatabaseUnavailableException(
                        Reason.NO_CONNECTION, rootCause(failure).getClass().getSimpleName());
        };
    }

    private static DatabaseUnavailableException ofSqlState(String sqlState) {
        var reason = Reason.of(sqlState);
        return new DatabaseUnavailableException(reason, reason.inWords() + "SQLSTATE " + sqlState);
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
