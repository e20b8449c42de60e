package sa.cleanlife.partnerapi.http.json;

/** A key by which a list can be sorted: an enum whose first constant is the default. */
public interface SortKey extends WireName {
    /** The default order. */
    default SortOrder defaultOrder() {
        return SortOrder.DESC;
    }
}
