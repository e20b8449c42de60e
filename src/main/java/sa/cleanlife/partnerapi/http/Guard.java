package sa.cleanlife.partnerapi.http;

/** What a caller must be allowed to do before a route answers. */
public interface Guard {
    /** Throws the refusal when the caller may not. */
    void check(Request call);
}
