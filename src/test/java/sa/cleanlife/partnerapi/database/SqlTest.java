package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** Values that go to PostgreSQL come back unchanged. */
class SqlTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

    @Test
    void instants_optionals_and_the_types_of_the_driver_round_trip() {
        var id = UUID.randomUUID();

        var row = ask(
                """
                SELECT $1::timestamptz AS at, $2::timestamptz AS perhaps, $3::timestamptz AS never, $4::integer AS number,
                       $5::integer AS none, $6::uuid AS id, ($7::timestamptz[])[2] AS second
                """,
                TIME,
                Optional.of(TIME.plusSeconds(1)),
                Optional.empty(),
                Optional.of(7),
                Optional.empty(),
                id,
                new Instant[] {TIME, TIME.plusSeconds(2)});

        assertThat(Sql.instant(row, "at")).isEqualTo(TIME);
        assertThat(Sql.optionalInstant(row, "perhaps")).hasValue(TIME.plusSeconds(1));
        assertThat(Sql.optionalInstant(row, "never")).isEmpty();
        assertThat(row.getInteger("number")).isEqualTo(7);
        assertThat(row.getInteger("none")).isNull();
        assertThat(row.getUUID("id")).isEqualTo(id);
        assertThat(Sql.instant(row, "second")).isEqualTo(TIME.plusSeconds(2));
    }

    private static Row ask(String sql, Object... parameters) {
        var vertx = Vertx.vertx();
        var database = new Database(vertx, DatabaseUrl.parse(TestPostgres.newDatabase()));
        try {
            return database.query(sql, Sql.tuple(parameters)).await().iterator().next();
        } finally {
            database.close().await();
            vertx.close().await();
        }
    }
}
