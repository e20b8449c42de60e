package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.Shell;
import sa.cleanlife.partnerapi.testing.TestClock;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** The use of a key, as {@code key show} prints it. */
class KeyUsageTest {
    private static final String NO_CONTACT = TestPartner.CONTACTS + "/" + UUID.randomUUID();

    private final String database = TestPostgres.newDatabase();

    @TempDir
    private Path directory;

    private long query(String sql) {
        return TestPostgres.queryNumber(database, sql);
    }

    @Test
    void is_summed_over_nodes_and_shown_with_the_time_of_last_use_but_no_address() {
        var shell = Shell.onDatabase(directory, database);
        TestPartner hotel;
        Instant before;
        Instant after;
        try (var oneNode = RunningApi.start(database, Clock.systemUTC());
                var otherNode = RunningApi.start(database, Clock.systemUTC())) {
            hotel = oneNode.newPartner();
            // A decoy: its requests must not be counted for the other key.
            oneNode.newPartner().postContact(RunningApi.newPhone(), "Ahmed Ali").data();
            TestPostgres.execute(database, """
                    INSERT INTO key_day (key_id, day, calls)
                    VALUES ('%1$s', (now() AT TIME ZONE 'Asia/Riyadh')::date - 1, 500);
                    INSERT INTO new_contact_window (key_id, slots, contacts)
                    VALUES ('%1$s', ARRAY[now() - interval '25 h', now() - interval '3 h'], '{700, 40}')
                    """.formatted(hotel.keyId()));
            before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            for (var node : new RunningApi[] {oneNode, otherNode}) {
                var phone = RunningApi.newPhone();
                assertThat(hotel.at(node).postContact(phone, "Ahmed Ali").isNewContact())
                        .isTrue();
                assertThat(hotel.at(node).postContact(phone, "Ahmed Ali").isNewContact())
                        .isFalse();
                hotel.at(node).postContact("nonsense", "Ahmed Ali").error(400, "VALIDATION_ERROR");
            }
            after = Instant.now();
        }

        var used = shell.run("key show --json " + hotel.keyId()).json();

        assertThat(Shell.fields(used))
                .startsWith(KeyCommandTest.FIELDS.toArray(String[]::new))
                .endsWith("lastUsedAt", "callsToday", "newContactsInHour", "newContactsInDay")
                .hasSize(KeyCommandTest.FIELDS.size() + 4);
        assertThat(Instant.parse(used.get("lastUsedAt").asString())).isBetween(before, after);
        assertThat(used.get("callsToday").asLong()).isEqualTo(6);
        assertThat(used.get("newContactsInHour").asLong()).isEqualTo(2);
        assertThat(used.get("newContactsInDay").asLong()).isEqualTo(42);
    }

    /** A node writes once a minute, which is long for a test, and when it stops. */
    @Test
    void is_written_once_for_many_requests_and_not_by_each() throws InterruptedException {
        // Half past midnight in Riyadh.
        var clock = new TestClock(Instant.parse("2026-11-23T21:30:00Z"));
        try (var server = RunningApi.start(database, clock)) {
            var hotel = server.newPartner();
            TestPostgres.execute(database, """
                    CREATE SEQUENCE writes;
                    CREATE FUNCTION count_write() RETURNS trigger LANGUAGE plpgsql AS
                        'BEGIN PERFORM nextval(''writes''); RETURN NULL; END';
                    CREATE TRIGGER count_writes AFTER INSERT OR UPDATE ON key_use FOR EACH ROW EXECUTE FUNCTION count_write();
                    CREATE TRIGGER count_days AFTER INSERT OR UPDATE ON key_day FOR EACH ROW EXECUTE FUNCTION count_write();
                    """);
            for (int i = 0; i < 100; i++) {
                hotel.get(NO_CONTACT).error(404, "RESOURCE_NOT_FOUND");
            }
            Thread.sleep(1_000);
            assertThat(query("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM writes"))
                    .isZero();
        }

        assertThat(query("SELECT last_value FROM writes"))
                .as("one write for each table")
                .isEqualTo(2);
        assertThat(query("SELECT coalesce(sum(calls), 0) FROM key_day WHERE day = '2026-11-24'"))
                .isEqualTo(100);
        assertThat(query("SELECT count(*) FROM key_use WHERE last_used_at = '2026-11-23T21:30:00Z'"))
                .isEqualTo(1);
    }
}
