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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * {@code ops/alerts.yaml} and {@code dashboards/grafana.json} ask for metrics that the server has, and
 * {@code docs/operations.md} says what each alert means.
 */
@Timeout(120)
class MonitoringIT {
    private static final Path PAGE = Path.of("docs/operations.md");

    /** Keywords and functions of PromQL; every other word in an expression must be a metric. */
    private static final Set<String> WORDS =
            Set.of("sum", "max", "rate", "increase", "min_over_time", "histogram_quantile", "vector", "or");

    /** Labels that Prometheus itself adds, and the one that every bucket of a histogram has. */
    private static final Set<String> LABELS_OF_PROMETHEUS = Set.of("instance", "job", "le");

    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");
    private static final Pattern SELECTOR = Pattern.compile("([a-z_]+)\\{([^}]*)}");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=");
    private static final Pattern GROUPING = Pattern.compile("\\bby \\(([a-z_, ]+)\\)");
    private static final Pattern WORD = Pattern.compile("(?<![0-9a-z_])[a-z_]+(?![0-9])");
    private static final Pattern RANGE = Pattern.compile("\\[(?:[0-9]+[mh]|\\$__range|\\$__rate_interval)]");

    private static final int COLUMNS_OF_GRAFANA = 24;

    /** Prometheus' own metric, one for each target that it scrapes. */
    private static final String UP = "up";

    static final List<JsonNode> ALERTS = alerts();

    private static final JsonNode DASHBOARD =
            new JsonMapper().readTree(Path.of("dashboards/grafana.json").toFile());

    /** The panels that show metrics; the others are headings. */
    static final List<JsonNode> PANELS = DASHBOARD
            .get("panels")
            .valueStream()
            .filter(panel -> !panel.get("type").asString().equals("row"))
            .toList();

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
        assertMetricsExist(alert.get("expr").asString());
    }

    @ParameterizedTest
    @FieldSource("PANELS")
    void the_metrics_of_a_panel_and_their_labels_exist(JsonNode panel) {
        assertThat(panel.get("targets")).isNotEmpty();
        for (var target : panel.get("targets")) {
            assertMetricsExist(target.get("expr").asString());
        }
    }

    private static void assertMetricsExist(String promQl) {
        var expression = STRING.matcher(promQl).replaceAll("\"\"");

        var selectors = SELECTOR.matcher(expression);
        while (selectors.find()) {
            var name = selectors.group(1);
            var labels = LABEL.matcher(selectors.group(2));
            while (labels.find() && !name.equals(UP)) {
                assertLabelExists(name + "{", labels.group(1));
            }
        }
        var groupings = GROUPING.matcher(expression);
        while (groupings.find()) {
            for (var label : groupings.group(1).split(", ", -1)) {
                assertLabelExists("", label);
            }
        }
        var bare =
                GROUPING.matcher(SELECTOR.matcher(expression).replaceAll("$1")).replaceAll("");
        var names = WORD.matcher(RANGE.matcher(bare).replaceAll(""))
                .results()
                .map(word -> word.group())
                .filter(word -> !WORDS.contains(word));
        assertThat(names).isNotEmpty().allSatisfy(name -> {
            if (!name.equals(UP)) {
                assertThat(metrics).containsPattern("(?m)^" + name + "[ {]");
            }
        });
    }

    private static void assertLabelExists(String metric, String label) {
        if (!LABELS_OF_PROMETHEUS.contains(label)) {
            assertThat(metrics.lines())
                    .as("%s with the label %s", metric, label)
                    .anyMatch(line -> !line.startsWith("#") && line.startsWith(metric) && line.contains(label + "=\""));
        }
    }

    /** The panels do not overlap, and all of them read the data source that the user chooses. */
    @Test
    void the_dashboard_can_be_imported_into_grafana() {
        var variables = DASHBOARD.at("/templating/list").valueStream().toList();
        assertThat(variables)
                .filteredOn(variable -> variable.get("type").asString().equals("datasource"))
                .singleElement()
                .satisfies(variable -> {
                    assertThat(variable.get("name").asString()).isEqualTo("datasource");
                    assertThat(variable.get("query").asString()).isEqualTo("prometheus");
                });
        assertThat(DASHBOARD.get("title").asString()).isEqualTo("Partner API");
        assertThat(DASHBOARD.get("schemaVersion").asInt()).isPositive();

        var ids = new TreeSet<Integer>();
        var cells = new TreeSet<String>();
        for (var panel : DASHBOARD.get("panels")) {
            assertThat(panel.get("title").asString()).isNotBlank();
            assertThat(ids.add(panel.get("id").asInt())).as("id of %s", panel).isTrue();
            var at = panel.get("gridPos");
            assertThat(at.get("x").asInt() + at.get("w").asInt()).isLessThanOrEqualTo(COLUMNS_OF_GRAFANA);
            for (int x = at.get("x").asInt();
                    x < at.get("x").asInt() + at.get("w").asInt();
                    x++) {
                for (int y = at.get("y").asInt();
                        y < at.get("y").asInt() + at.get("h").asInt();
                        y++) {
                    assertThat(cells.add(x + " " + y)).as("place of %s", panel).isTrue();
                }
            }
        }
        for (var panel : PANELS) {
            assertThat(panel.get("description").asString()).endsWith(".");
            assertThat(panel.at("/datasource/uid").asString()).isEqualTo("${datasource}");
            assertThat(panel.get("targets"))
                    .allSatisfy(target ->
                            assertThat(target.at("/datasource/uid").asString()).isEqualTo("${datasource}"))
                    .extracting(target -> target.get("refId").asString())
                    .doesNotHaveDuplicates();
        }
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
