package sa.cleanlife.partnerapi.http;

/** The permission that a route requires. */
public interface RequiredPermission {
    /** For a route that any valid key may use. */
    RequiredPermission ANY_KEY = request -> {};

    /** Throws the error response if the caller lacks the permission. */
    void check(Request request);
}
