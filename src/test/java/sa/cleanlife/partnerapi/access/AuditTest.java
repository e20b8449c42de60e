package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Shell;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit log after one change of every kind. */
class AuditTest {
    private static final String DATABASE = TestPostgres.newDatabase();
    private static final List<String> SECRETS = new ArrayList<>();
    private static final List<JsonNode> ENTRIES = new ArrayList<>();

    @TempDir
    private static Path directory;

    private static Shell shell = new Shell(Path.of(""));
    private static String key = "";
    private static String successor = "";
    private static Instant begin = Instant.EPOCH;
    private static Instant end = Instant.EPOCH;

    @BeforeAll
    static void make_a_change_of_every_kind() {
        shell = Shell.onDatabase(directory, DATABASE);
        begin = Instant.now().minusSeconds(1);
        shell.run("partner add mall --as", "سارة العلي").table();
        shell.run("partner add hotel").table();
        shell.run("partner suspend hotel").table();
        shell.run("partner activate hotel").table();
        shell.run("partner deactivate mall").table();
        shell.run("partner update hotel --sandbox-access on").table();
        shell.run("partner domain add hotel shop.example.com").table();
        shell.run("partner domain remove hotel shop.example.com").table();
        key = noted(
                shell.run(
                        "key issue --partner hotel --permission partner_contacts_read --rate-limit 600 --label booking-site --json --as omar"));
        shell.run("key update --rate-limit none --label kiosk --allow-address 203.0.113.0/24 --expires never " + key)
                .table();
        successor = noted(shell.run("key rotate --overlap 0 --json " + key));
        shell.run("key revoke " + successor).table();
        end = Instant.now().plusSeconds(1);
        shell.run("audit list --json").json().forEach(ENTRIES::add);
    }

    private static String noted(Shell.Run issue) {
        var issued = issue.json();
        SECRETS.add(issued.get("key").asString());
        return issued.get("id").asString();
    }

    private static JsonNode json(String json) {
        return new JsonMapper().readTree(json.replace('\'', '"'));
    }

    private static JsonNode entry(String what) {
        return entry(what, 0);
    }

    private static JsonNode entry(String what, int which) {
        return ENTRIES.stream()
                .filter(entry -> entry.get("what").asString().equals(what))
                .toList()
                .get(which);
    }

    private static void assertChange(String what, String before, String after) {
        assertThat(entry(what).get("before")).as(what).isEqualTo(json(before));
        assertThat(entry(what).get("after")).as(what).isEqualTo(json(after));
    }

    private static long entries() {
        return TestPostgres.queryNumber(DATABASE, "SELECT count(*) FROM audit");
    }

    @Test
    void each_change_is_one_entry_and_a_rotation_one_for_each_key_the_newest_first() {
        assertThat(ENTRIES)
                .extracting(entry -> entry.get("what").asString())
                .containsExactly(
                        "key revoke",
                        "key rotate",
                        "key rotate",
                        "key update",
                        "key issue",
                        "partner domain remove",
                        "partner domain add",
                        "partner update",
                        "partner deactivate",
                        "partner activate",
                        "partner suspend",
                        "partner add",
                        "partner add");
        assertThat(ENTRIES)
                .allSatisfy(entry ->
                        assertThat(Instant.parse(entry.get("at").asString())).isBetween(begin, end));
    }

    @Test
    void an_entry_names_the_given_operator_or_else_the_operating_systems_user() {
        var user = System.getProperty("user.name");

        assertThat(entry("partner add", 1).get("who").asString()).isEqualTo("سارة العلي");
        assertThat(entry("key issue").get("who").asString()).isEqualTo("omar");
        assertThat(ENTRIES)
                .filteredOn(entry ->
                        !List.of("سارة العلي", "omar").contains(entry.get("who").asString()))
                .hasSize(11)
                .allSatisfy(entry -> assertThat(entry.get("who").asString()).isEqualTo(user));
    }

    @Test
    void an_entry_names_the_partner_and_the_key() {
        assertThat(entry("partner add", 1).get("partner").asString()).isEqualTo("mall");
        assertThat(entry("partner add").get("partner").asString()).isEqualTo("hotel");
        assertThat(entry("partner add").get("key").isNull()).isTrue();
        for (var what : List.of("key issue", "key update")) {
            assertThat(entry(what).get("partner").asString()).isEqualTo("hotel");
            assertThat(entry(what).get("key").asString()).isEqualTo(key);
        }
        assertThat(entry("key revoke").get("key").asString()).isEqualTo(successor);
    }

    @Test
    void an_update_records_only_the_changed_fields_before_and_after() {
        assertChange("partner suspend", "{'status': 'ACTIVE'}", "{'status': 'SUSPENDED'}");
        assertChange("partner activate", "{'status': 'SUSPENDED'}", "{'status': 'ACTIVE'}");
        assertChange("partner deactivate", "{'status': 'ACTIVE'}", "{'status': 'INACTIVE'}");
        assertChange("partner update", "{'sandboxAccess': false}", "{'sandboxAccess': true}");
        assertChange("partner domain add", "{'domains': []}", "{'domains': ['shop.example.com']}");
        assertChange("partner domain remove", "{'domains': ['shop.example.com']}", "{'domains': []}");
        assertChange(
                "key update",
                "{'label': 'booking-site', 'rateLimit': 600, 'allowedAddresses': []}",
                "{'label': 'kiosk', 'rateLimit': null, 'allowedAddresses': ['203.0.113.0/24']}");
        var revoked = entry("key revoke");
        assertThat(revoked.get("before")).isEqualTo(json("{'revokedAt': null}"));
        assertThat(Shell.fields(revoked.get("after"))).containsExactly("revokedAt");
        assertThat(revoked.get("after").get("revokedAt").isString()).isTrue();
    }

    @Test
    void an_addition_records_every_field() {
        assertThat(entry("partner add").get("before")).isEmpty();
        assertThat(Shell.fields(entry("partner add").get("after")))
                .containsExactlyInAnyOrder(
                        "id", "name", "status", "createdAt", "domains", "sandboxDomains", "sandboxAccess");
        assertThat(entry("key issue").get("before")).isEmpty();
        assertThat(Shell.fields(entry("key issue").get("after")))
                .containsExactlyInAnyOrderElementsOf(KeyCommandTest.FIELDS);
        assertThat(entry("key issue").get("after").get("rateLimit").asInt()).isEqualTo(600);
    }

    @Test
    void a_rotation_records_the_old_key_and_its_successor() {
        var old = entry("key rotate", 0);
        var issued = entry("key rotate", 1);

        assertThat(old.get("key").asString()).isEqualTo(key);
        assertThat(Shell.fields(old.get("after"))).containsExactlyInAnyOrder("revokedAt", "successor");
        assertThat(old.get("after").get("successor").asString()).isEqualTo(successor);
        assertThat(issued.get("key").asString()).isEqualTo(successor);
        assertThat(issued.get("before")).isEmpty();
        assertThat(Shell.strings(issued.get("after").get("allowedAddresses"))).containsExactly("203.0.113.0/24");
    }

    @Test
    void no_entry_holds_a_key_or_its_hash() {
        assertThat(SECRETS).hasSize(2);
        assertThat(entries()).isEqualTo(ENTRIES.size());
        for (var secret : SECRETS) {
            var random = secret.substring(secret.lastIndexOf('_') + 1, secret.length() - 4);
            assertThat(TestPostgres.queryNumber(
                            DATABASE, "SELECT count(*) FROM audit WHERE strpos(audit::text, '" + random + "') > 0"))
                    .isZero();
        }
        assertThat(TestPostgres.queryNumber(DATABASE, """
                SELECT count(*) FROM audit, api_key
                 WHERE strpos(audit::text, encode(hash, 'hex')) > 0
                    OR strpos(audit::text, rtrim(encode(hash, 'base64'), '=')) > 0
                """)).isZero();
    }

    @Test
    void a_command_that_is_refused_or_changes_nothing_leaves_no_entry() {
        long before = entries();

        shell.run("partner add hotel").refusal();
        shell.run("partner activate hotel").table();
        shell.run("partner deactivate mall").refusal();
        shell.run("partner update hotel --sandbox-access on").table();
        shell.run("partner domain remove hotel shop.example.com").refusal();
        shell.run("key issue --partner nobody --permission partner_contacts_read")
                .refusal();
        shell.run("key update --rate-limit 5 " + key).refusal();
        shell.run("key rotate " + key).refusal();
        shell.run("key revoke " + key).table();
        shell.run("partner suspend hotel --as", " omar").refusal();

        assertThat(entries()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit SET who = 'nobody'",
                "UPDATE audit SET after = '{}' WHERE what = 'key issue'",
                "DELETE FROM audit WHERE who = 'omar'",
                "TRUNCATE audit"
            })
    void the_database_itself_refuses_to_edit_it(String sql) {
        long before = entries();

        assertThatThrownBy(() -> TestPostgres.execute(DATABASE, sql))
                .hasMessageContaining("rows of audit are never changed");

        assertThat(entries()).isEqualTo(before);
    }

    @Test
    void the_table_has_a_line_for_each_entry_and_may_be_limited() {
        var table = shell.run("audit list --partner hotel --most 11").table();

        assertThat(table.lines()).hasSize(12);
        assertThat(table.lines().findFirst().orElseThrow()).matches("at +who +what +partner +key +before +after");
        assertThat(table)
                .contains(" rateLimit=600 allowedAddresses=- ", " rateLimit=- allowedAddresses=203.0.113.0/24");
        assertThat(table.lines().filter(line -> line.contains(" key issue ")))
                .singleElement()
                .asString()
                .matches(
                        ".* +omar +key issue +hotel +" + key
                                + " +- +label=booking-site prefix=pk_sandbox_ lastFour=\\w{4} createdAt=\\S+ rateLimit=600 permissions=partner_contacts_read");
        assertThat(shell.run("audit list --most 1").table().lines())
                .hasSize(2)
                .last()
                .asString()
                .contains(" key revoke ");
    }
}
