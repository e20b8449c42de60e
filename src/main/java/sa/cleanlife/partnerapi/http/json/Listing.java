package sa.cleanlife.partnerapi.http.json;

import java.util.List;
import java.util.Optional;

/** What a list answers: its items, and for a list that takes pages also where this page stands in it. */
public record Listing(List<? extends Json.Value> items, Optional<Json.Value> meta) {
    /** A short list, which takes no pages. */
    public static Listing of(List<? extends Json.Value> items) {
        return new Listing(items, Optional.empty());
    }

    /** One page of a list; {@code total} is how many items all pages have together. */
    public static Listing of(Page<?> page, List<? extends Json.Value> items, long total) {
        return new Listing(
                items,
                Optional.of(meta -> meta.field("page", page.number())
                        .field("limit", page.limit())
                        .field("total", total)
                        .field("totalPages", Math.ceilDiv(total, page.limit()))));
    }
}
