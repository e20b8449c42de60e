package sa.cleanlife.partnerapi.database;

/** A fault that a simulated database or network inflicts on a statement, a node or a caller. */
public enum InjectedFault {
    /** The connection breaks before the statement takes effect. */
    LOST_BEFORE_THE_COMMIT,
    /** The statement takes effect, and then the connection breaks. */
    LOST_AFTER_THE_COMMIT,
    /** The connection breaks, and the statement takes effect afterwards: while it is sent again, or later. */
    COMMITTED_AFTER_THE_LOSS,
    /** The response is slow, but comes within the timeout. */
    SLOW,
    /** The statement takes effect long after its sender was given an error. */
    COMMITTED_AFTER_THE_REFUSAL,
    /** The statement takes effect or not, and no response ever comes. */
    SILENT,
    /** The state of the database server temporarily forbids the statement. */
    NOT_NOW,
    /** The database refuses the statement as if it were at fault. */
    REFUSED,
    /** The database refuses one particular value, every time. */
    POISONED,
    /** The response comes before that of an earlier statement. */
    OVERTAKEN,
    /** The database crashes with everything under way, and restarts. */
    DATABASE_CRASHED,
    /** The database freezes, and resumes. */
    DATABASE_FROZEN,
    /** A node crashes with everything under way, and another takes its place. */
    NODE_CRASHED,
    /** An event loop pauses, and resumes. */
    NODE_PAUSED,
    /** A request does not reach its node, or the response its caller. */
    CALL_LOST
}
