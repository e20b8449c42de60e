package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static sa.cleanlife.partnerapi.testing.Shell.fields;
import static sa.cleanlife.partnerapi.testing.Shell.strings;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
