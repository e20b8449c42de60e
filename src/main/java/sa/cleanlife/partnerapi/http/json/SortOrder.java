package sa.cleanlife.partnerapi.http.json;

/** Whether a list begins with the smallest or with the largest. */
public enum SortOrder implements WireName {
    ASC,
    DESC;

    @Override
    public String wireName() {
        return name();
    }
}
