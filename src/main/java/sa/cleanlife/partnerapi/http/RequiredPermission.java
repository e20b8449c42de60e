package sa.cleanlife.partnerapi.http;

/** What a caller must be allowed to do before a route answers. */
public interface RequiredPermission {
    /** For a route that any good key opens. */
    RequiredPermission ANY_KEY = request -> {};

    /** Throws the refusal when the caller may not. */
    void check(Request request);
}
