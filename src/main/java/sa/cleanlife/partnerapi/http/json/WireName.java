package sa.cleanlife.partnerapi.http.json;

/** An enum constant with a name of its own in JSON and queries, such as {@code createdAt}. */
public interface WireName {
    String wireName();
}
