package sa.cleanlife.partnerapi.http.json;

/**
 * The page of a list that a request asks for, by the query parameters {@code page}, {@code limit}, {@code sortBy} and
 * {@code sortOrder}.
 *
 * @param number the number of the page, from 1
 * @param limit the maximum number of items on a page
 */
public record Page<S>(int number, int limit, S sortBy, SortOrder sortOrder) {
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;

    /** Reads the parameters; {@link Fields#done()} throws the failed rules. */
    public static <S extends Enum<S> & SortKey> Page<S> read(Fields query, Class<S> keys) {
        var number = query.whole("page").between(1, Integer.MAX_VALUE).orElse(1);
        var limit = query.whole("limit").between(1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
        var sortBy = query.oneOf("sortBy", keys).orElse(keys.getEnumConstants()[0]);
        var sortOrder = query.oneOf("sortOrder", SortOrder.class).orElse(sortBy.defaultOrder());
        return new Page<>(number, limit, sortBy, sortOrder);
    }

    /** The number of items before the page. */
    public long offset() {
        return (number - 1L) * limit;
    }
}
