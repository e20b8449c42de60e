package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.Shell;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.Waiting;
import tools.jackson.databind.JsonNode;

/** What an operator calls a key, and where that is seen. */
class KeyLabelTest {
    private static final String ME = "/v1/partners/me";
    private static final String RULE =
            "a label has 1 to 100 characters, at least one of them visible, no control characters and no unclosed change of text direction, for example booking-site; or none";

    private final RunningApi server = RunningApi.shared();
    private final TestPartner hotel = server.newPartner();
    private final String issue =
            "key issue --live --permission partner_contacts_read --json --partner " + hotel.name() + " --label";

    @TempDir
    private Path directory;

    private Shell shell = new Shell(Path.of(""));

    @BeforeEach
    void be_an_operator_of_this_server() {
        shell = Shell.onDatabase(directory, server.database());
    }

    private static String id(JsonNode key) {
        return key.get("id").asString();
    }

    private JsonNode listed(String id) {
        return shell.run("key list --json --partner " + hotel.name())
                .json()
                .valueStream()
                .filter(key -> id(key).equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode labelOf(TestPartner partner) {
        return partner.get(ME).data().at("/key/label");
    }

    /** What is stored of the partner's keys, and how many changes there were. */
    private String stored() {
        return shell.run("key list --json --partner " + hotel.name()).out()
                + shell.run("audit list --json --partner " + hotel.name()).out();
    }

    @Test
    void is_told_when_the_key_is_issued_listed_and_shown_and_to_its_partner() {
        var issued = shell.run(issue, "موقع الحجز").json();

        var id = id(issued);
        assertThat(issued.get("label").asString()).isEqualTo("موقع الحجز");
        assertThat(listed(id).get("label").asString()).isEqualTo("موقع الحجز");
        assertThat(shell.run("key show --json " + id).json().get("label").asString())
                .isEqualTo("موقع الحجز");
        var holder = new TestPartner(
                server, hotel.name(), UUID.fromString(id), issued.get("key").asString());
        assertThat(labelOf(holder).asString()).isEqualTo("موقع الحجز");
    }

    @Test
    void is_null_for_a_key_without_one() {
        assertThat(listed(hotel.keyId().toString()).get("label").isNull()).isTrue();
        assertThat(labelOf(hotel).isNull()).isTrue();
        assertThat(shell.run("key show " + hotel.keyId()).table()).contains("label              -\n");
        assertThat(shell.run(issue + " none").json().get("label").isNull()).isTrue();
    }

    @Test
    void is_changed_and_taken_off_within_a_second_and_nothing_else_of_the_key_is() {
        var id = hotel.keyId().toString();
        var before = listed(id);

        var labelled = shell.run("key update --label kiosk --json " + id).json();
        assertThat(labelled.get("label").asString()).isEqualTo("kiosk");
        Waiting.until(() -> labelOf(hotel).asString().equals("kiosk"));
        shell.run("key update --rate-limit 600 " + id).table();
        assertThat(listed(id).get("label").asString()).isEqualTo("kiosk");
        shell.run("key update --rate-limit none --label none " + id).table();

        Waiting.until(() -> labelOf(hotel).isNull());
        assertThat(listed(id)).isEqualTo(before);
    }

    @Test
    void goes_over_to_the_successor_of_a_key() {
        shell.run("key update --label kiosk " + hotel.keyId()).table();

        var successor = shell.run("key rotate --json " + hotel.keyId()).json();

        assertThat(successor.get("label").asString()).isEqualTo("kiosk");
        assertThat(listed(hotel.keyId().toString()).get("label").asString()).isEqualTo("kiosk");
    }

    @Test
    void is_stripped_composed_and_up_to_a_hundred_code_points_long() {
        assertThat(shell.run(issue, " \u00A0cafe\u0301 \u3000")
                        .json()
                        .get("label")
                        .asString())
                .isEqualTo("caf\u00E9");
        assertThat(shell.run(issue, "🏨".repeat(100)).json().get("label").asString())
                .isEqualTo("🏨".repeat(100));
        assertThat(shell.run(issue, "\u2067kiosk\u2069").json().get("label").asString())
                .isEqualTo("\u2067kiosk\u2069");
    }

    static Stream<String> unusable() {
        return Stream.of(
                "",
                " \u00A0",
                "k".repeat(101),
                "k".repeat(200),
                "🏨".repeat(101),
                "ki\u0000osk",
                "ki\nosk",
                "ki\u0085osk",
                "ki\uD800osk",
                "\u200F",
                "\u3164",
                "\u2800",
                "kiosk\u202E",
                "\u2067kiosk");
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void that_is_too_long_or_cannot_be_shown_is_refused_with_the_rule_and_nothing_is_written(String label) {
        var before = stored();

        assertThat(shell.run(issue, label).refusal())
                .isEqualTo("Invalid value for option '--label': %s (partner-api key issue --help tells more)."
                        .formatted(RULE));
        assertThat(shell.run("key update " + hotel.keyId() + " --label", label).refusal())
                .startsWith("Invalid value for option '--label': " + RULE);

        assertThat(stored()).isEqualTo(before);
    }
}
