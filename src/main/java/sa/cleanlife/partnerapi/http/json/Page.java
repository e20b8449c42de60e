package sa.cleanlife.partnerapi.http.json;

/**
 * The part of a list that a request asks for, by the query's {@code page}, {@code limit}, {@code sortBy} and
 * {@code sortOrder}.
 *
 * @param number of the page, from 1 on
 * @param limit how many items a page has at most
 */
public record Page<S>(int number, int limit, S sortBy, SortOrder sortOrder) {
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;

    /** Notes what is wrong with the query; {@link Fields#done()} throws it. */
    public static <S extends Enum<S> & SortKey> Page<S> read(Fields query, Class<S> keys) {
        var number = query.whole("page").between(1, Integer.MAX_VALUE).orElse(1);
        var limit = query.whole("limit").between(1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
        var sortBy = query.oneOf("sortBy", keys).orElse(keys.getEnumConstants()[0]);
        var sortOrder = query.oneOf("sortOrder", SortOrder.class).orElse(sortBy.defaultOrder());
        return new Page<>(number, limit, sortBy, sortOrder);
    }

    /** How many items come before the page's first. */
    public long offset() {
        return (number - 1L) * limit;
    }
}
