package sa.cleanlife.partnerapi.http;

/**
 * How many requests of one event loop are under way, whatever they wait for but their own bodies: a client that sends slowly
 * does not make the server slow. Lives on its event loop.
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
