package sa.cleanlife.partnerapi.http;

/**
 * How many requests of one event loop are under way, whatever they wait for but their own bodies: a client that sends slowly
 * does not make the server slow. Lives on its event loop.
 */
final class ActiveRequests {
    /** More than this many under way at once are more than a server has that keeps up. */
    private static final int CROWDED = 200;

    private int count;

    void enter() {
        count++;
    }

    void leave() {
        count--;
    }

    boolean isCrowded() {
        return count > CROWDED;
    }
}
