package sa.cleanlife.partnerapi.http.json;

/** The order of a list, ascending or descending. */
public enum SortOrder implements WireName {
    ASC,
    DESC;

    @Override
    public String wireName() {
        return name();
    }
}
