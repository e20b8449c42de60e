package sa.cleanlife.partnerapi.database;

/** What a simulated database or network does to a statement, a node or a caller. */
public enum InjectedFault {
    /** The connection breaks before the statement takes effect. */
    LOST_BEFORE_THE_COMMIT,
    /** It takes effect, and then the connection breaks. */
    LOST_AFTER_THE_COMMIT,
    /** The connection breaks, and the statement takes effect after that: while it is asked again, or later. */
    COMMITTED_AFTER_THE_LOSS,
    /** As slow as is still awaited. */
    SLOW,
    /** It takes effect when whoever asked has long been refused. */
    COMMITTED_AFTER_THE_REFUSAL,
    /** It takes effect or not, and nothing is ever heard. */
    SILENT,
    /** The server's state forbids it just now. */
    NOT_NOW,
    /** The server refuses it, as if the statement were to blame. */
    REFUSED,
    /** Like that, for one value in it and each time. */
    POISONED,
    /** Its answer comes before that of an earlier one. */
    OVERTAKEN,
    /** The database ends with all that is under way, and comes back. */
    DATABASE_CRASHED,
    /** The database stands still, and goes on. */
    DATABASE_FROZEN,
    /** A node ends with all that is under way, and another takes its place. */
    NODE_CRASHED,
    /** An event loop stands still, and goes on. */
    NODE_PAUSED,
    /** A call does not reach its node, or the answer its caller. */
    CALL_LOST
}
