package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.Shell;
import sa.cleanlife.partnerapi.testing.TestClock;
import sa.cleanlife.partnerapi.testing.TestPartner;
import tools.jackson.databind.JsonNode;

/** The effect of an operator's commands on partners' requests while the server runs. */
class OperatorTest {
    private static final String NO_CONTACT = TestPartner.CONTACTS + "/" + UUID.randomUUID();
    private static final Set<Permission> READ = Set.of(Permission.PARTNER_CONTACTS_READ);

    private final RunningApi server = RunningApi.shared();

    @TempDir
    private Path directory;

    private Shell shell = new Shell(Path.of(""));

    @BeforeEach
    void be_an_operator_of_this_server() {
        shell = Shell.onDatabase(directory, server.database());
    }

    private static int status(TestPartner partner) {
        return partner.get(NO_CONTACT).status();
    }

    /** Whether the key is accepted: the requested contact does not exist. */
    private static boolean isLetIn(TestPartner partner) {
        return status(partner) == 404;
    }

    /** A change applies everywhere within a second. */
    private static boolean soon(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    private static TestPartner with(TestPartner old, JsonNode issued) {
        return new TestPartner(
                old.server(),
                old.name(),
                UUID.fromString(issued.get("id").asString()),
                issued.get("key").asString());
    }

    @Nested
    class Rotation {
        @Test
        void issues_a_successor_with_the_same_rights_and_the_old_key_works_until_the_overlap_ends() {
            var old = server.newPartner(
                    new KeyRules(READ, List.of(AddressRange.parse("127.0.0.0/8")), Optional.of(100), Optional.of(7)));
            var before = Instant.now();

            var rotated = shell.run("key rotate --json " + old.keyId()).json();

            var successor = with(old, rotated);
            assertThat(successor.key()).startsWith("pk_live_").isNotEqualTo(old.key());
            assertThat(rotated.get("replaces").asString()).isEqualTo(old.keyId().toString());
            assertThat(Shell.strings(rotated.get("permissions"))).containsExactly("partner_contacts_read");
            assertThat(Shell.strings(rotated.get("allowedAddresses"))).containsExactly("127.0.0.0/8");
            assertThat(rotated.get("rateLimit").asInt()).isEqualTo(100);
            assertThat(rotated.get("newContactsPerDay").asInt()).isEqualTo(7);
            assertThat(rotated.get("expiresAt").isNull()).isTrue();
            var end = Instant.parse(rotated.get("replacedWorksUntil").asString());
            assertThat(end)
                    .isBetween(before.plus(Duration.ofHours(24)), Instant.now().plus(Duration.ofHours(24)));
            assertThat(isLetIn(old)).isTrue();
            assertThat(isLetIn(successor)).isTrue();

            var clock = new TestClock(end.minusMillis(1));
            try (var tomorrow = RunningApi.start(server.database(), clock)) {
                assertThat(isLetIn(old.at(tomorrow))).isTrue();
                clock.moveTo(end);
                assertThat(status(old.at(tomorrow))).isEqualTo(401);
                assertThat(isLetIn(successor.at(tomorrow))).isTrue();
            }

            assertThat(shell.run("key rotate " + old.keyId()).refusal())
                    .isEqualTo("The key %s was rotated before; rotate its successor %s."
                            .formatted(old.keyId(), successor.keyId()));
        }

        @Test
        void without_an_overlap_ends_the_old_key_at_once() {
            var old = server.newPartner();
            assertThat(isLetIn(old)).isTrue();

            var rotated =
                    shell.run("key rotate --overlap 0 --json " + old.keyId()).json();

            assertThat(soon(() -> status(old) == 401)).isTrue();
            assertThat(isLetIn(with(old, rotated))).isTrue();
        }

        @Test
        void gives_the_successor_as_much_time_as_the_old_key_was_given() {
            var hotel = server.newPartner();
            var old = shell.run(
                            "key issue --permission partner_contacts_read --expires 30d --json --partner", hotel.name())
                    .json();
            var before = Instant.now();

            var rotated = shell.run(
                            "key rotate --overlap 30m --json " + old.get("id").asString())
                    .json();

            assertThat(Instant.parse(rotated.get("expiresAt").asString()))
                    .isBetween(before.plus(Duration.ofDays(30)), Instant.now().plus(Duration.ofDays(30)));
            assertThat(Instant.parse(rotated.get("replacedWorksUntil").asString()))
                    .isBetween(
                            before.plus(Duration.ofMinutes(30)), Instant.now().plus(Duration.ofMinutes(30)));
        }
    }

    @Nested
    class Deactivation {
        @Test
        void refuses_all_keys_of_a_partner_within_a_second_until_it_is_activated_again() {
            var hotel = server.newPartner();
            var another = server.issue(hotel, KeyRules.of(READ), Expiry.NEVER);
            var mall = server.newPartner();
            assertThat(isLetIn(hotel)).isTrue();

            shell.run("partner deactivate " + hotel.name()).table();
            assertThat(soon(() -> status(hotel) == 401)).isTrue();
            assertThat(hotel.get(NO_CONTACT)
                            .error(401, "UNAUTHORIZED")
                            .get("message")
                            .asString())
                    .contains("not active; ask the operator to activate it");
            assertThat(status(another)).isEqualTo(401);
            assertThat(isLetIn(mall)).isTrue();

            shell.run("partner activate " + hotel.name()).table();
            assertThat(soon(() -> isLetIn(hotel))).isTrue();
            assertThat(isLetIn(another)).isTrue();
        }
    }

    @Nested
    class Limits {
        @Test
        void apply_within_a_second_after_they_are_set_until_they_are_removed() {
            var hotel = server.newPartner(KeyRules.of(READ));
            var update = "key update " + hotel.keyId();
            assertThat(isLetIn(hotel)).isTrue();

            shell.run(update + " --allow-address 192.0.2.0/24").table();
            assertThat(soon(() -> status(hotel) == 403)).isTrue();

            shell.run(update + " --allow-address any --rate-limit 2").table();
            assertThat(soon(() -> isLetIn(hotel))).isTrue();
            assertThat(soon(() -> status(hotel) == 429)).isTrue();

            shell.run(update + " --rate-limit none").table();
            assertThat(soon(() -> isLetIn(hotel))).isTrue();
        }

        @Test
        void of_new_contacts_hold_for_a_key_that_is_issued_with_one() {
            var hotel = server.newPartner();
            var issued = shell.run(
                            "key issue --permission partner_contacts_read --new-contacts-per-day 1 --json --partner",
                            hotel.name())
                    .json();
            var limited = with(hotel, issued);

            assertThat(limited.postContact(RunningApi.newPhone(), "Ahmed Ali").isNewContact())
                    .isTrue();
            limited.postContact(RunningApi.newPhone(), "Ahmed Ali").error(429, "RATE_LIMIT_EXCEEDED");
            assertThat(hotel.postContact(RunningApi.newPhone(), "Ahmed Ali").isNewContact())
                    .as("with the partner's other key")
                    .isTrue();
        }
    }

    @Nested
    class Domains {
        @Test
        void are_let_in_and_shut_out_within_a_second() {
            var hotel = server.newPartner(KeyRules.of(READ));
            assertThat(fromPage(hotel)).isEqualTo(404);

            shell.run("partner domain add " + hotel.name() + " shop.example.com --sandbox")
                    .table();
            assertThat(soon(() -> fromPage(hotel) == 403)).isTrue();

            shell.run("partner update " + hotel.name() + " --sandbox-access on").table();
            assertThat(soon(() -> fromPage(hotel) == 404)).isTrue();

            shell.run("partner update " + hotel.name() + " --sandbox-access off")
                    .table();
            assertThat(soon(() -> fromPage(hotel) == 403)).isTrue();

            shell.run("partner domain remove " + hotel.name() + " shop.example.com")
                    .table();
            assertThat(soon(() -> fromPage(hotel) == 404)).isTrue();
        }

        private static int fromPage(TestPartner partner) {
            return TestPartner.send(partner.request(NO_CONTACT).header("origin", "https://shop.example.com"))
                    .status();
        }
    }
}
