package sa.cleanlife.partnerapi.http.json;

/** A constant of an enum that is read and written as a word of its own, such as {@code createdAt}. */
public interface WireName {
    String wireName();
}
