package sa.cleanlife.partnerapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;
import sa.cleanlife.partnerapi.testing.LoadClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The metrics in {@code ops/alerts.yaml} exist, and {@code docs/operations.md} explains each alert. */
@Timeout(120)
class AlertsIT {
    private static final Path PAGE = Path.of("docs/operations.md");

    /** Keywords and functions of PromQL; every other word in an expression must be a metric. */
    private static final Set<String> WORDS =
            Set.of("sum", "max", "rate", "increase", "min_over_time", "histogram_quantile", "by", "le", "instance");

    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");
    private static final Pattern SELECTOR = Pattern.compile("([a-z_]+)\\{([^}]*)}");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=");
    private static final Pattern WORD = Pattern.compile("(?<![0-9a-z_])[a-z_]+(?![0-9])");
    private static final Pattern RANGE = Pattern.compile("\\[[0-9]+m]");

    /** Prometheus' own metric, one for each target that it scrapes. */
    private static final String UP = "up";

    static final List<JsonNode> ALERTS = alerts();

    @TempDir
    private static Path directory;

    private static DataDirectory data;
    private static String metrics;

    private static List<JsonNode> alerts() {
        var groups =
                new YAMLMapper().readTree(Path.of("ops/alerts.yaml").toFile()).get("groups");
        return groups.valueStream()
                .flatMap(group -> group.get("rules").valueStream())
                .toList();
    }

    @BeforeAll
    static void read_the_metrics_of_a_server_that_was_called() throws Exception {
        data = DataDirectory.of(directory.resolve("data"));
        try (var server = Launched.serve(data);
                var client = new LoadClient(1)) {
            var answer = LoadClient.await(
                    client.postContact(server.port(), server.printedKey(), "+966500000000", "Ahmed Ali"));
            assertThat(answer.status()).isEqualTo(200);
            metrics = LoadClient.await(client.get(server.managementPort(), "/metrics"))
                    .body();
        }
    }

    @AfterAll
    static void kill_what_is_left() throws Exception {
        data.killEverything();
    }

    @ParameterizedTest
    @FieldSource("ALERTS")
    void the_metrics_of_an_alert_and_their_labels_exist(JsonNode alert) {
        var expression = STRING.matcher(alert.get("expr").asString()).replaceAll("\"\"");

        var selectors = SELECTOR.matcher(expression);
        while (selectors.find()) {
            var name = selectors.group(1);
            var labels = LABEL.matcher(selectors.group(2));
            while (labels.find() && !name.equals(UP)) {
                var label = labels.group(1);
                assertThat(metrics.lines())
                        .as("%s with the label %s", name, label)
                        .anyMatch(line -> line.startsWith(name + "{") && line.contains(label + "=\""));
            }
        }
        var bare = RANGE.matcher(SELECTOR.matcher(expression).replaceAll("$1")).replaceAll("");
        var names = WORD.matcher(bare).results().map(word -> word.group()).filter(word -> !WORDS.contains(word));
        assertThat(names).isNotEmpty().allSatisfy(name -> {
            if (!name.equals(UP)) {
                assertThat(metrics).containsPattern("(?m)^" + name + "[ {]");
            }
        });
    }

    @ParameterizedTest
    @FieldSource("ALERTS")
    void an_alert_has_its_severity_its_summary_and_a_link_to_its_runbook(JsonNode alert) {
        var name = alert.get("alert").asString();

        assertThat(alert.at("/labels/severity").asString()).isIn("page", "ticket");
        assertThat(alert.at("/annotations/summary").asString()).endsWith(".");
        assertThat(alert.at("/annotations/runbook").asString()).isEqualTo(PAGE + "#" + name.toLowerCase(Locale.ROOT));
    }

    @Test
    void every_alert_has_its_heading_and_every_heading_its_alert() throws IOException {
        var headings = new ArrayList<String>();
        boolean isAlerts = false;
        for (var line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                isAlerts = line.equals("## Alerts");
            } else if (isAlerts && line.startsWith("### ")) {
                headings.add(line.substring(4));
            }
        }

        assertThat(headings)
                .isNotEmpty()
                .isEqualTo(ALERTS.stream()
                        .map(alert -> alert.get("alert").asString())
                        .toList());
        assertThat(new TreeSet<>(headings)).hasSameSizeAs(headings);
    }
}
