package sa.cleanlife.partnerapi.http.json;

/** What a list can be sorted by: an enum's constants, of which the first is the one when nobody says. */
public interface SortKey extends WireName {
    /** The order when nobody says. */
    default SortOrder defaultOrder() {
        return SortOrder.DESC;
    }
}
