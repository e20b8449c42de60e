package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;

/**
 * Under more load than the database can take, some requests are rejected at once so that the others need not wait, and
 * nothing is lost.
 */
@Timeout(60)
class OverloadTest {
    /** New contacts that keep each event loop busy for two seconds, at 2 ms each. */
    private static final int STORM = 1_000 * EventLoops.COUNT;

    private RunningApi server;
    private TestPartner hotel;
    private LoadClient client;

    @BeforeEach
    void start() {
        server = RunningApi.start(TestPostgres.newDatabase(), Clock.systemUTC());
        hotel = server.newPartner();
        client = new LoadClient(STORM);
    }

    @AfterEach
    void stop() {
        try (var _ = server;
                var _ = client) {
            // Try-with-resources closes each client even if another fails to close.
        }
    }

    private void slowDown() {
        TestPostgres.execute(server.database(), """
                CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_sleep(0.002);
                    RETURN NEW;
                END $$;
                CREATE TRIGGER slowly BEFORE INSERT ON contact FOR EACH ROW EXECUTE FUNCTION slowly()
                """);
    }

    private List<Future<Reply>> create(int contacts) {
        return create(hotel, contacts);
    }

    private List<Future<Reply>> create(TestPartner partner, int contacts) {
        return Stream.generate(RunningApi::newPhone)
                .limit(contacts)
                .map(phone -> client.postContact(server.port(), partner.key(), phone, "Ahmed Ali"))
                .toList();
    }

    private static List<Reply> of(List<Reply> replies, int status) {
        return replies.stream().filter(reply -> reply.status() == status).toList();
    }

    @Test
    void some_requests_succeed_the_others_are_rejected_and_a_rejected_one_creates_nothing() {
        slowDown();

        var replies = LoadClient.all(create(STORM));

        assertThat(replies).extracting(Reply::status).containsOnly(200, 503).hasSize(STORM);
        assertThat(of(replies, 200)).allMatch(Reply::isNewContact);
        assertThat(of(replies, 503)).allSatisfy(refused -> {
            refused.checkedAnswerToPost().error(503, "SERVICE_UNAVAILABLE");
            assertThat(refused.headers()).containsEntry("retry-after", "1");
        });
        assertThat(TestPostgres.queryNumber(server.database(), "SELECT count(*) FROM contact"))
                .isEqualTo(of(replies, 200).size());
    }

    @Test
    void a_rejected_request_uses_nothing_of_the_quota() {
        slowDown();
        var modest = server.newPartner(
                KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ)).withNewContactsPerDay(Optional.of(1_000_000)));
        var storm = create(STORM);

        var replies = LoadClient.all(create(modest, STORM / 2));

        LoadClient.all(storm);
        assertThat(of(replies, 503)).isNotEmpty();
        long created = of(replies, 200).size();
        Waiting.within(Duration.ofSeconds(15), () -> counted(modest) == created);
        assertThat(counted(modest)).isEqualTo(created);
    }

    private long counted(TestPartner partner) {
        return TestPostgres.queryNumber(
                server.database(),
                "SELECT coalesce(sum(n), 0) FROM new_contact_window, unnest(contacts) AS n WHERE key_id = '%s'"
                        .formatted(partner.keyId()));
    }

    @Test
    void every_request_is_served_once_the_overload_is_over() {
        slowDown();
        LoadClient.all(create(STORM));

        assertThat(LoadClient.all(create(100))).extracting(Reply::status).containsOnly(200);
    }

    @Test
    void contacts_come_before_pages() {
        slowDown();
        var storm = create(STORM);
        var page = IntStream.range(0, 200)
                .mapToObj(i -> client.get(server.port(), "/openapi.yaml"))
                .toList();

        assertThat(LoadClient.all(page)).extracting(Reply::status).contains(503);

        assertThat(of(LoadClient.all(storm), 200)).isNotEmpty();
        assertThat(LoadClient.await(client.get(server.port(), "/openapi.yaml")).status())
                .isEqualTo(200);
    }

    @Test
    void no_request_is_rejected_while_few_wait_for_a_database_that_pauses() throws SQLException {
        List<Future<Reply>> waiting;
        try (var pausing = TestPostgres.connect(server.database())) {
            pausing.setAutoCommit(false);
            pausing.createStatement().execute("LOCK TABLE contact");
            waiting = create(100);
            RawConnection.sleep(Duration.ofMillis(500));
            assertThat(waiting).noneMatch(Future::isComplete);
        }

        assertThat(LoadClient.all(waiting)).extracting(Reply::status).containsOnly(200);
    }
}
