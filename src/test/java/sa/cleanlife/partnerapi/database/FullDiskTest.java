package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;

/**
 * A database that fails writes as PostgreSQL does when its disk is full, while reads go on. {@code DiskFullIT} fills a
 * real disk, where the user may mount one.
 */
class FullDiskTest {
    private static final int CONTACTS = 40;

    private RunningApi server;
    private TestPartner hotel;

    @BeforeEach
    void start() {
        server = RunningApi.start(TestPostgres.newDatabase(), Clock.systemUTC());
        hotel = server.newPartner();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void does_not_keep_known_contacts_from_being_found_beside_new_ones_that_are_refused() {
        var known = newPhones();
        known.forEach(phone ->
                assertThat(hotel.postContact(phone, "Ahmed Ali").isNewContact()).isTrue());
        fillTheDisk();

        // Alternating, so that they share batches.
        var found = new ArrayList<CompletableFuture<Answer>>();
        var refused = new ArrayList<CompletableFuture<Answer>>();
        for (var phone : known) {
            found.add(hotel.postContactAsync(phone, "Somebody Else"));
            refused.add(hotel.postContactAsync(RunningApi.newPhone(), "Sara Ali"));
        }

        assertThat(found).map(CompletableFuture::join).noneMatch(Answer::isNewContact);
        assertThat(refused).map(CompletableFuture::join).allSatisfy(answer -> {
            answer.error(503, "SERVICE_UNAVAILABLE");
            assertThat(answer.headers().get("retry-after")).isEqualTo("1");
        });
    }

    @Test
    void is_logged_once_and_as_the_reason_of_each_rejected_request() {
        fillTheDisk();
        try (var log = CapturedLog.open()) {
            for (int i = 0; i < 3; i++) {
                hotel.postContact(RunningApi.newPhone(), "Ahmed Ali").error(503, "SERVICE_UNAVAILABLE");
            }

            assertThat(log.json())
                    .filteredOn(line -> line.contains("\"WARN\"") && line.contains("disk"))
                    .singleElement()
                    .asString()
                    .contains("database disk full; requests that write get a 503 until there is space");
            Waiting.until(() -> log.json().stream()
                            .filter(line -> line.contains("\"reason\":\"the database's disk is full, SQLSTATE 53100\""))
                            .count()
                    == 3);
        }
    }

    @Test
    void uses_nothing_of_a_keys_quota() {
        var rules = KeyRules.of(EnumSet.allOf(Permission.class)).withNewContactsPerDay(Optional.of(1));
        var limited = server.newPartner(rules);
        fillTheDisk();
        for (int i = 0; i < 3; i++) {
            // Waits until the last request's reservation is released.
            Waiting.until(() ->
                    limited.postContact(RunningApi.newPhone(), "Ahmed Ali").status() == 503);
        }

        makeSpace();

        var phone = RunningApi.newPhone();
        Waiting.until(() -> limited.postContact(phone, "Ahmed Ali").status() == 200);
        limited.postContact(RunningApi.newPhone(), "Ahmed Ali").error(429, "RATE_LIMIT_EXCEEDED");
    }

    private List<String> newPhones() {
        var phones = new ArrayList<String>();
        for (int i = 0; i < CONTACTS; i++) {
            phones.add(RunningApi.newPhone());
        }
        return phones;
    }

    private void fillTheDisk() {
        TestPostgres.execute(server.database(), """
                CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
                CREATE TRIGGER no_space BEFORE INSERT ON contact FOR EACH ROW EXECUTE FUNCTION no_space();
                """);
    }

    private void makeSpace() {
        TestPostgres.execute(server.database(), "DROP TRIGGER no_space ON contact");
    }
}
