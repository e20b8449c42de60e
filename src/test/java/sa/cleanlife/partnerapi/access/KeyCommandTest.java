package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static sa.cleanlife.partnerapi.testing.Shell.fields;
import static sa.cleanlife.partnerapi.testing.Shell.strings;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.testing.Shell;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import tools.jackson.databind.JsonNode;

/** The {@code key} commands: issuing, changing, listing and revoking keys. */
class KeyCommandTest {
    private static final String ISSUE = "key issue --partner hotel --permission partner_contacts_read ";
    /** All that is kept of a key, as {@code key show} and the audit write it. */
    static final List<String> FIELDS = List.of(
            "id",
            "partner",
            "label",
            "prefix",
            "lastFour",
            "createdAt",
            "expiresAt",
            "revokedAt",
            "successor",
            "rateLimit",
            "newContactsPerDay",
            "allowedAddresses",
            "permissions");

    private static final String NOBODYS_ID = "8c5a2f3e-0000-4000-8000-000000000000";

    private final String database = TestPostgres.newDatabase();

    @TempDir
    private Path directory;

    private Shell shell = new Shell(Path.of(""));

    @BeforeEach
    void have_a_partner() {
        shell = Shell.onDatabase(directory, database);
        shell.run("partner add hotel").table();
    }

    private static Instant instant(JsonNode object, String field) {
        return Instant.parse(object.get(field).asString());
    }

    private static String secretOf(JsonNode issued) {
        var key = issued.get("key").asString();
        return key.substring(key.lastIndexOf('_') + 1, key.length() - 4);
    }

    /** A fingerprint of everything stored; every change gives another number. */
    private long stored() {
        return TestPostgres.queryNumber(database, """
                SELECT hashtextextended(
                    (SELECT version::text FROM access_version)
                    || (SELECT string_agg(k::text, ';' ORDER BY id) FROM api_key k)
                    || (SELECT string_agg(p::text, ';' ORDER BY id) FROM partner p)
                    || (SELECT count(*) FROM audit), 0)
                """);
    }

    @Test
    void keys_are_issued_shown_once_listed_and_revoked() {
        var before = Instant.now();
        var issued = shell.run(ISSUE + "--permission partner_bookings_read --live --expires 90d --json")
                .json();
        assertThat(fields(issued))
                .containsExactly(
                        "id",
                        "partner",
                        "label",
                        "key",
                        "permissions",
                        "createdAt",
                        "expiresAt",
                        "rateLimit",
                        "newContactsPerDay",
                        "allowedAddresses");
        assertThat(issued.get("partner").asString()).isEqualTo("hotel");
        assertThat(issued.get("key").asString()).matches("pk_live_[0-9A-Za-z]{32}");
        assertThat(strings(issued.get("permissions")))
                .containsExactlyInAnyOrder("partner_contacts_read", "partner_bookings_read");
        assertThat(Duration.between(before, instant(issued, "expiresAt")))
                .isBetween(Duration.ofDays(90), Duration.ofDays(90).plusMinutes(1));

        assertThat(shell.run(ISSUE.strip()).table())
                .containsPattern("(?m)^key                pk_sandbox_[0-9A-Za-z]{32}$")
                .containsPattern("(?m)^expiresAt          -$")
                .containsPattern("(?m)^rateLimit          -$")
                .containsPattern("(?m)^allowedAddresses   -$");

        var listed = shell.run("key list --json --partner hotel");
        assertThat(listed.json())
                .hasSize(2)
                .allSatisfy(key -> assertThat(fields(key))
                        .containsExactly(
                                "id",
                                "partner",
                                "label",
                                "prefix",
                                "lastFour",
                                "createdAt",
                                "expiresAt",
                                "revokedAt",
                                "lastUsedAt",
                                "permissions"));
        for (var field : List.of("id", "partner", "permissions", "createdAt", "expiresAt")) {
            assertThat(listed.json().get(0).get(field)).as(field).isEqualTo(issued.get(field));
        }

        var id = issued.get("id").asString();
        var revoked = shell.run("key revoke --json " + id).json();
        assertThat(revoked.get("revokedAt").isString()).isTrue();
        assertThat(shell.run("key revoke --json " + id).json())
                .as("the time of the first revocation")
                .isEqualTo(revoked);

        var table = shell.run("key list");
        assertThat(table.table().lines())
                .hasSize(3)
                .first()
                .asString()
                .containsPattern(
                        "id +partner +label +prefix +lastFour +createdAt +expiresAt +revokedAt +lastUsedAt +permissions");
        for (var shown : List.of(listed.out(), table.out(), listed.err(), table.err())) {
            assertThat(shown).doesNotContain(secretOf(issued));
        }
    }

    @Test
    void the_rules_of_a_key_are_set_when_it_is_issued_and_changed_one_by_one() {
        var issued = shell.run(ISSUE
                        + "--allow-address 203.0.113.0/24 --allow-address 2001:DB8::1 --allow-address 203.0.113.0/24"
                        + " --rate-limit 600 --new-contacts-per-day 50 --json")
                .json();
        assertThat(issued.get("rateLimit").asInt()).isEqualTo(600);
        assertThat(issued.get("newContactsPerDay").asInt()).isEqualTo(50);
        assertThat(strings(issued.get("allowedAddresses"))).containsExactly("203.0.113.0/24", "2001:db8::1");

        var id = issued.get("id").asString();
        var updated = shell.run("key update --rate-limit 30 --json " + id).json();
        assertThat(updated.get("rateLimit").asInt()).isEqualTo(30);
        for (var field : List.of("newContactsPerDay", "allowedAddresses", "permissions", "expiresAt", "createdAt")) {
            assertThat(updated.get(field)).as(field).isEqualTo(issued.get(field));
        }

        var before = Instant.now();
        shell.run("key update --rate-limit none --new-contacts-per-day none --allow-address any"
                        + " --permission partner_bookings_read --expires 12h " + id)
                .table();
        var shown = shell.run("key show --json " + id);
        assertThat(shown.json().get("rateLimit").isNull()).isTrue();
        assertThat(shown.json().get("newContactsPerDay").isNull()).isTrue();
        assertThat(shown.json().get("allowedAddresses")).isEmpty();
        assertThat(strings(shown.json().get("permissions"))).containsExactly("partner_bookings_read");
        assertThat(Duration.between(before, instant(shown.json(), "expiresAt")))
                .isBetween(Duration.ofHours(12), Duration.ofHours(12).plusMinutes(1));
        assertThat(shown.out()).doesNotContain(secretOf(issued));

        shell.run("key update --expires never " + id).table();
        assertThat(shell.run("key show " + id).table())
                .contains(
                        "id                 " + id + "\n",
                        "partner            hotel\n",
                        "expiresAt          -\n",
                        "rateLimit          -\n",
                        "permissions        partner_bookings_read\n",
                        "lastUsedAt         -\n",
                        "callsToday         0\n");
    }

    @Test
    void invalid_options_are_refused_with_the_reason_and_change_nothing() {
        var issued = shell.run(ISSUE + "--expires 1d --json").json();
        var id = issued.get("id").asString();
        long before = stored();

        assertThat(shell.run("key update --expires 2020-01-01T00:00:00Z " + id).refusal())
                .isEqualTo(
                        "A key cannot expire in the past (2020-01-01T00:00:00Z); give a later time, for example 90d.");
        assertThat(shell.run(ISSUE + "--expires 2020-01-01T00:00:00Z").refusal())
                .startsWith("A key cannot expire in the past");
        assertThat(shell.run(ISSUE + "--expires 9999-12-31T00:00:00Z").refusal())
                .isEqualTo("A key must expire within 3650 days, for example 90d, or never.");
        assertThat(shell.run("key rotate --overlap 2d " + id).refusal())
                .matches(
                        "The overlap would end after the key %s expires \\(%s\\); give a shorter one, at most --overlap 14[0-9]{2}m\\."
                                .formatted(id, issued.get("expiresAt").asString()));
        assertThat(stored()).isEqualTo(before);

        shell.run("key rotate --overlap 1h " + id).table();
        long rotated = stored();
        assertThat(shell.run("key update --expires never " + id).refusal())
                .startsWith(
                        "The key %s was rotated, so it cannot be valid for longer; use its successor ".formatted(id));
        assertThat(stored()).isEqualTo(rotated);

        shell.run("key revoke " + id).table();
        long revoked = stored();
        for (var command : List.of("key update --rate-limit 5 ", "key rotate --overlap 0 ")) {
            assertThat(shell.run(command + id).refusal())
                    .isEqualTo("The key %s is revoked for ever; issue a new one.".formatted(id));
        }
        assertThat(stored()).isEqualTo(revoked);
    }

    @Test
    void unknown_names_and_ids_are_refused_with_the_known_ones_and_nothing_is_changed() {
        assertThat(shell.run("key show " + NOBODYS_ID).refusal())
                .isEqualTo("There is no key with the id " + NOBODYS_ID
                        + "; there is none yet, and \"key issue\" issues one.");
        var id = "1f0c9d8e-0000-4000-8000-000000000000";
        TestPostgres.execute(database, """
                INSERT INTO partner (id, name, status, created_at) VALUES (gen_random_uuid(), 'two', 'ACTIVE', now());
                INSERT INTO api_key (id, partner_id, hash, prefix, last_four, permissions, created_at)
                SELECT '%s', id, sha256('x'), 'pk_live_', 'abcd', '{partner_contacts_read}', now()
                  FROM partner WHERE name = 'hotel'
                """.formatted(id));
        long before = stored();

        assertThat(shell.run("partner suspend nobody").refusal())
                .isEqualTo("There is no partner named nobody; there are: hotel, two.");
        assertThat(shell.run("key issue --partner three --permission partner_contacts_read")
                        .refusal())
                .isEqualTo("There is no partner named three; there are: hotel, two.");
        assertThat(shell.run("key list --partner HOTEL").refusal())
                .isEqualTo("There is no partner named HOTEL; there are: hotel, two.");
        assertThat(shell.run("audit list --partner HOTEL").refusal())
                .isEqualTo("There is no partner named HOTEL; there are: hotel, two.");
        assertThat(shell.run("key revoke " + NOBODYS_ID).refusal())
                .isEqualTo("There is no key with the id " + NOBODYS_ID + "; there are: " + id + ".");
        assertThat(shell.run("key rotate " + NOBODYS_ID).refusal()).startsWith("There is no key with the id");
        assertThat(shell.run("key update --rate-limit 5 " + NOBODYS_ID).refusal())
                .startsWith("There is no key with the id");
        var secret = ApiKey.generate(ApiKey.Kind.LIVE, new SecureRandom()).reveal();
        assertThat(shell.run("key revoke " + secret).refusal())
                .startsWith("The id must be a key's id, as \"key list\" shows it, for example ")
                .doesNotContain(secret.substring(8, 20));
        assertThat(shell.run("partner add", " ").refusal()).startsWith("A partner's name has 1 to 100 characters");

        assertThat(stored()).isEqualTo(before);
    }
}
