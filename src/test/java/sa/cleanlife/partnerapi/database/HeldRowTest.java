package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;

/**
 * A transaction that locks a key's rows and never ends, like that of a node that hangs, affects only that key's
 * partner.
 */
class HeldRowTest {
    private static final KeyRules WITH_QUOTA =
            KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ)).withNewContactsPerDay(Optional.of(1_000));

    @Test
    void delays_no_other_partner_and_no_other_change_and_the_revocation_can_be_repeated() throws Exception {
        try (var server = RunningApi.start(TestPostgres.newDatabase(), Clock.systemUTC())) {
            var held = server.newPartner(WITH_QUOTA);
            var other = server.newPartner(WITH_QUOTA);
            var id = held.keyId().toString();
            held.postContact(RunningApi.newPhone(), "Ahmed Ali").data();
            try (var hanging = TestPostgres.connect(server.database())) {
                hanging.setAutoCommit(false);
                hanging.createStatement().execute("""
                                SELECT FROM api_key WHERE id = '%1$s' FOR NO KEY UPDATE;
                                SELECT FROM new_contact_window WHERE key_id = '%1$s' FOR NO KEY UPDATE
                                """.formatted(id));
                var waiting = Stream.generate(() -> held.postContactAsync(RunningApi.newPhone(), "Ahmed Ali"))
                        .limit(5)
                        .toList();
                waiting.forEach(answer -> answer.join().error(503, "SERVICE_UNAVAILABLE"));

                assertThatExceptionOfType(DatabaseUnavailableException.class)
                        .isThrownBy(() -> server.administer(
                                (partners, keys) -> keys.revoke(id).await()));

                assertThat(server.newPartner().isLetIn())
                        .as("a partner added meanwhile is let in")
                        .isTrue();
                for (int i = 0; i < 5; i++) {
                    assertThat(other.postContact(RunningApi.newPhone(), "Ahmed Ali")
                                    .isNewContact())
                            .isTrue();
                }
                Waiting.until(() -> waitingForALock(server) == 0);
            }

            server.administer((partners, keys) -> keys.revoke(id).await());

            Waiting.until(held::isRefused);
        }
    }

    private static long waitingForALock(RunningApi server) {
        return TestPostgres.queryNumber(
                server.database(),
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
    }
}
