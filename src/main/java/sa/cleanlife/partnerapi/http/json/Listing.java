package sa.cleanlife.partnerapi.http.json;

import java.util.List;
import java.util.Optional;

/** The result of a list: its items and, if the list has pages, its {@code meta}. */
public record Listing(List<? extends Json.Value> items, Optional<Json.Value> meta) {
    /** A short list without pages. */
    public static Listing of(List<? extends Json.Value> items) {
        return new Listing(items, Optional.empty());
    }

    /** One page of a list; {@code total} is the number of items on all pages. */
    public static Listing of(Page<?> page, List<? extends Json.Value> items, long total) {
        return new Listing(
                items,
                Optional.of(meta -> meta.field("page", page.number())
                        .field("limit", page.limit())
                        .field("total", total)
                        .field("totalPages", Math.ceilDiv(total, page.limit()))));
    }
}
