package sa.cleanlife.partnerapi.database;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Converts between the types of this program and those of the driver, which knows neither {@link Instant} nor {@link
 * Optional} and uses null for NULL.
 */
public final class Sql {
    private Sql() {}

    /**
     * The parameters of a statement, in order. An {@link Optional} becomes its value or NULL; an {@link Instant}, or an
     * array of them, becomes {@code timestamptz}. Other values are passed to the driver unchanged.
     */
    public static Tuple tuple(Object... parameters) {
        var tuple = Tuple.tuple();
        for (var parameter : parameters) {
            tuple.addValue(value(parameter));
        }
        return tuple;
    }

    private static @Nullable Object value(Object parameter) {
        return switch (parameter) {
            case Optional<?> optional -> optional.isPresent() ? value(optional.get()) : null;
            case Instant instant -> timestamp(instant);
            case Instant[] instants -> Stream.of(instants).map(Sql::timestamp).toArray(OffsetDateTime[]::new);
            default -> parameter;
        };
    }

    private static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** The value of a {@code timestamptz} column that is never NULL. */
    public static Instant instant(Row row, String column) {
        return optionalInstant(row, column).orElseThrow(() -> new NoSuchElementException(column));
    }

    /** The value of a {@code timestamptz} column; empty if it is NULL. */
    public static Optional<Instant> optionalInstant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }
}
