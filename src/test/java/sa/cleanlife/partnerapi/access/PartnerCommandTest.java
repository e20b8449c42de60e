package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static sa.cleanlife.partnerapi.testing.Shell.fields;
import static sa.cleanlife.partnerapi.testing.Shell.strings;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Shell;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** The {@code partner} commands: partners, their status and their domains. */
class PartnerCommandTest {
    private static final String ARABIC = "فندق الرياض";

    private final String database = TestPostgres.newDatabase();

    @TempDir
    private Path directory;

    private Shell shell = new Shell(Path.of(""));

    @BeforeEach
    void use_a_new_database() {
        shell = Shell.onDatabase(directory, database);
    }

    @Test
    void partners_are_added_listed_suspended_and_activated() {
        assertThat(shell.run("partner list").table())
                .isEqualTo("There is no partner yet; \"partner add NAME\" adds one.\n");

        var added = shell.run("partner add --json", ARABIC);
        assertThat(added.err()).isEmpty();
        assertThat(fields(added.json()))
                .containsExactly("id", "name", "status", "createdAt", "domains", "sandboxDomains", "sandboxAccess");
        assertThat(added.json().get("name").asString()).isEqualTo(ARABIC);
        assertThat(added.json().get("status").asString()).isEqualTo("ACTIVE");

        var suspended = shell.run("partner suspend --json", ARABIC).json();
        assertThat(suspended.get("status").asString()).isEqualTo("SUSPENDED");
        assertThat(suspended.get("id")).isEqualTo(added.json().get("id"));

        assertThat(shell.run("partner activate", ARABIC).table())
                .contains(
                        "name            " + ARABIC + "\n",
                        "status          ACTIVE\n",
                        "domains         -\n",
                        "sandboxAccess   false\n");

        var listed = shell.run("partner list --json").json();
        assertThat(listed.isArray()).isTrue();
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0)).isEqualTo(added.json());

        assertThat(shell.run("partner add", ARABIC).refusal())
                .isEqualTo("There is a partner named " + ARABIC + " already.");
        assertThat(TestPostgres.queryNumber(database, "SELECT count(*) FROM partner"))
                .isEqualTo(1);
    }

    @Test
    void one_partner_is_shown_as_the_list_shows_it() {
        shell.run("partner add mall").table();
        shell.run("partner add hotel").table();
        shell.run("partner domain add hotel shop.example.com").table();

        var shown = shell.run("partner show hotel --json").json();

        assertThat(shown)
                .isEqualTo(shell.run("partner list --json").json().get(0))
                .isNotEqualTo(shell.run("partner list --json").json().get(1));
        assertThat(shell.run("partner show hotel").table())
                .contains("name            hotel\n", "domains         shop.example.com\n");
        assertThat(shell.run("partner show Hotel").refusal())
                .isEqualTo("There is no partner named Hotel; there are: hotel, mall.");
    }

    @Test
    void a_partner_who_has_left_is_deactivated_once_and_can_be_activated_again() {
        shell.run("partner add mall").table();
        shell.run("partner add hotel").table();
        shell.run("partner suspend hotel").table();

        assertThat(shell.run("partner deactivate hotel --json")
                        .json()
                        .get("status")
                        .asString())
                .isEqualTo("INACTIVE");
        assertThat(shell.run("partner show mall --json").json().get("status").asString())
                .isEqualTo("ACTIVE");
        long changes = changes();
        assertThat(shell.run("partner deactivate hotel").refusal())
                .isEqualTo("The partner hotel is inactive already; \"partner activate NAME\" lets it in again.");
        assertThat(shell.run("partner deactivate nobody").refusal())
                .isEqualTo("There is no partner named nobody; there are: hotel, mall.");
        assertThat(changes()).isEqualTo(changes);

        assertThat(shell.run("partner activate hotel --json")
                        .json()
                        .get("status")
                        .asString())
                .isEqualTo("ACTIVE");
    }

    private long changes() {
        return TestPostgres.queryNumber(database, "SELECT count(*) FROM audit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hotel ",
                "\u00A0hotel",
                "ho\u0000tel",
                "ho\ntel",
                "ho\uD800tel",
                "\u200F",
                "\u3164",
                "\u2800\u200D",
                "hotel\u202E",
                "\u2067hotel"
            })
    void a_name_that_cannot_be_typed_or_seen_or_that_turns_other_text_round_is_refused(String name) {
        assertThat(shell.run("partner add", name).refusal())
                .isEqualTo(
                        "A partner's name has 1 to 100 characters, at least one of them visible, no control characters, no unclosed change of text direction, and no space at either end, for example grand-hotel.");
        assertThat(shell.run("partner add hotel --as", name).refusal()).startsWith("The operator's name has");
        assertThat(TestPostgres.queryNumber(database, "SELECT count(*) FROM partner"))
                .isZero();
    }

    @Test
    void the_length_of_a_name_is_counted_in_code_points() {
        assertThat(shell.run("partner add", "🏨".repeat(101)).refusal()).startsWith("A partner's name has 1 to 100");

        assertThat(shell.run("partner add --json", "🏨".repeat(100))
                        .json()
                        .get("name")
                        .asString())
                .isEqualTo("🏨".repeat(100));
    }

    @Test
    void domains_are_added_in_the_form_that_browsers_send_and_removed() {
        shell.run("partner add hotel").table();
        shell.run("partner domain add hotel Shop.Example.com").table();
        var two = shell.run("partner domain add hotel *.bücher.example --json").json();
        assertThat(strings(two.get("domains"))).containsExactly("*.xn--bcher-kva.example", "shop.example.com");
        assertThat(two.get("sandboxDomains")).isEmpty();

        assertThat(shell.run("partner domain add hotel shop.example.com --sandbox")
                        .refusal())
                .isEqualTo("shop.example.com is registered for real bookings; remove it first.");
        var sandbox = shell.run("partner domain add hotel try.example.com --sandbox --json")
                .json();
        assertThat(strings(sandbox.get("domains"))).containsExactly("*.xn--bcher-kva.example", "shop.example.com");
        assertThat(strings(sandbox.get("sandboxDomains"))).containsExactly("try.example.com");

        assertThat(shell.run("partner domain remove hotel nowhere.example.com").refusal())
                .isEqualTo(
                        "hotel has no domain nowhere.example.com; there are: *.xn--bcher-kva.example, shop.example.com, try.example.com.");
        shell.run("partner domain remove hotel SHOP.example.com").table();
        shell.run("partner domain remove hotel try.example.com").table();
        var none =
                shell.run("partner domain remove hotel *.bücher.example --json").json();
        assertThat(none.get("domains")).isEmpty();
        assertThat(none.get("sandboxDomains")).isEmpty();
        assertThat(shell.run("partner domain remove hotel shop.example.com").refusal())
                .isEqualTo("hotel has no domain shop.example.com; it has none.");
    }

    @Test
    void sandbox_access_is_turned_on_and_off() {
        shell.run("partner add hotel").table();

        var on = shell.run("partner update hotel --sandbox-access on --json").json();
        var off = shell.run("partner update hotel --sandbox-access off --json").json();

        assertThat(on.get("sandboxAccess").asBoolean()).isTrue();
        assertThat(off.get("sandboxAccess").asBoolean()).isFalse();
    }
}
