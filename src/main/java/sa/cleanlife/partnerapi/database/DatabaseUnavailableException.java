package sa.cleanlife.partnerapi.database;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.util.Optional;
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
        /** The role, the database or the server is set to refuse all writes. */
        READ_ONLY,
        /** The role, the database, the server or a pooler has as many connections as it may have. */
        CONNECTION_LIMIT,
        /** A pooler between us and the server said no; it does not say why in a form that programs can read. */
        REFUSED_BY_POOLER,
        /** A pooler sends the statements of one session to several of the server's. */
        SESSION_NOT_KEPT,
        /** The server said no for the state that it is in, by an SQLSTATE. */
        REFUSED_BY_SERVER;

        private static Reason of(String sqlState) {
            return switch (sqlState) {
                case "53100" -> DISK_FULL;
                case "53300" -> CONNECTION_LIMIT;
                case "25006" -> READ_ONLY;
                // PgBouncer's for nearly everything.
                case "08P01" -> REFUSED_BY_POOLER;
                // A prepared statement is there already, or is not: it was prepared in a session that was given to
                // another.
                case "42P05", "26000" -> SESSION_NOT_KEPT;
                case String state when state.startsWith("28") || state.startsWith("3D") -> LOGIN_REFUSED;
                default -> REFUSED_BY_SERVER;
            };
        }

        /** What the operator can do, as a sentence; empty where the reason says it, or it depends. */
        public Optional<String> remedy() {
            return switch (this) {
                case DISK_FULL -> Optional.of("Make space on the database's disk.");
                case LOGIN_REFUSED ->
                    Optional.of(
                            "Check the user, the password, the database's name and sslmode in PARTNER_API_DATABASE_URL, and whether the server's pg_hba.conf admits that login from this machine, with or without TLS.");
                case READ_ONLY ->
                    Optional.of(
                            "Turn default_transaction_read_only off for the role and the database, or name another role in PARTNER_API_DATABASE_URL.");
                case CONNECTION_LIMIT ->
                    Optional.of(
                            "Raise the CONNECTION LIMIT of the role or the database, or max_connections, or end connections of others: a server opens up to %d."
                                    .formatted(Pools.MOST_CONNECTIONS));
                case REFUSED_BY_POOLER ->
                    Optional.of(
                            "Look into the pooler's log: its connection limit, the user or the database may be why.");
                case SESSION_NOT_KEPT ->
                    Optional.of(
                            "Set pool_mode = session in PgBouncer, or the like in another pooler, or connect to PostgreSQL itself.");
                case OVERLOADED, NO_ANSWER, NO_CONNECTION, NOT_WRITABLE, REFUSED_BY_SERVER -> Optional.empty();
            };
        }

        /** What an SQLSTATE says, for those who do not know them all by heart; empty or ending in a comma. */
        private String inWords() {
            return switch (this) {
                case DISK_FULL -> "the database's disk is full, ";
                case READ_ONLY -> "default_transaction_read_only is on, ";
                case CONNECTION_LIMIT -> "connection limit reached, ";
                case REFUSED_BY_POOLER -> "a pooler's refusal, ";
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
        return new DatabaseUnavailableException(Reason.NO_ANSWER, "no answer in time");
    }

    /** For what is noticed before it makes a statement fail. */
    public static DatabaseUnavailableException sessionNotKept() {
        return new DatabaseUnavailableException(
                Reason.SESSION_NOT_KEPT, "a pooler gives one of the server's sessions to several of ours");
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
