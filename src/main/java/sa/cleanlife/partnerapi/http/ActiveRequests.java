package sa.cleanlife.partnerapi.http;

/**
 * The number of active requests on one event loop, on which it is used. A request that waits for its own body is not
 * counted: a client that sends slowly does not make the server slow.
 */
final class ActiveRequests {
    /** Above this number of active requests the event loop is overloaded, and pages are rejected. */
    private static final int MAX_ACTIVE = 200;

    private int count;

    void enter() {
        count++;
    }

    void leave() {
        count--;
    }

    boolean isOverloaded() {
        return count > MAX_ACTIVE;
    }
}
