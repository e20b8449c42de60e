package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.testing.RunningApi;

/** The names, defaults and files in the documents match the code. */
class DocumentationTest {
    private static final Path README = Path.of("README.md");
    private static final Path DECISIONS = Path.of("docs/decisions");
    private static final Path SECURITY = Path.of("docs/security.md");
    private static final Pattern TEST = Pattern.compile("[A-Z]\\w*(Test|IT)(\\.\\w+)*");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)[^)]*\\)");
    private static final Pattern CODE_FROM =
            Pattern.compile("From\\s\\[\\w+]\\(([^)]+)\\):\n\n```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SANDBOX_KEY = Pattern.compile("pk_sandbox_[0-9A-Za-z]{32}");

    @Test
    void the_readme_lists_every_setting_as_its_help_does() throws IOException {
        var environment = new EmptyEnvironment();
        Settings.read(environment, true);
        var settings = Stream.of(Setting.values()).map(Setting::variable).toList();

        assertThat(settings).containsExactlyInAnyOrderElementsOf(environment.asked);
        assertThat(table("Settings").keySet()).containsExactlyElementsOf(settings);
        for (var setting : Setting.values()) {
            var cells = row("Settings", setting.variable());
            assertThat(cells.get(1)).isEqualTo(setting.defaultText().isEmpty() ? "none" : setting.defaultText());
            assertThat(cells.get(2)).startsWith(setting.description());
        }
    }

    /** Of a default with two values, the first applies on a terminal. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_readme_tells_the_default_of_every_setting(boolean onTerminal) throws IOException {
        var defaults = new LinkedHashMap<String, String>();
        table("Settings").forEach((variable, cell) -> {
            var values = codes(cell);
            if (!values.isEmpty()) {
                defaults.put(variable, onTerminal ? values.getFirst() : values.getLast());
            }
        });

        assertThat(Settings.read(defaults, onTerminal)).isEqualTo(Settings.read(Map.of(), onTerminal));
    }

    @Test
    void the_readme_lists_every_permission() throws IOException {
        var permissions = Arrays.stream(Permission.values()).map(Permission::code);

        assertThat(table("Permissions").keySet()).containsExactlyInAnyOrderElementsOf(permissions.toList());
    }

    @Test
    void the_metrics_in_the_readme_exist() throws Exception {
        RunningApi.shared().newPartner().postContact("+966500000201", "Ahmed Ali");

        var metrics = get(RunningApi.shared().managementUri("/metrics"));

        assertThat(table("Metrics")).isNotEmpty();
        assertThat(table("Metrics").keySet())
                .allSatisfy(name -> assertThat(metrics).contains("# TYPE " + name + " "));
    }

    @Test
    void the_first_call_in_the_readme_is_the_one_that_serve_prints() throws IOException {
        var call = Files.readString(README)
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("curl "))
                .findFirst()
                .orElseThrow();
        var format = SANDBOX_KEY
                .matcher(call)
                .replaceFirst("%s")
                .replace("http://127.0.0.1:8080", "%s")
                .replace("\\", "\\\\")
                .replace("\"", "\\\"");

        assertThat(Path.of("src/main/java/sa/cleanlife/partnerapi/cli/ServeCommand.java"))
                .content()
                .contains(format);
    }

    @Test
    void the_key_that_the_readme_draws_is_well_formed() throws IOException {
        var drawing = section("Anatomy of a key").lines().filter(line -> line.startsWith("pk_sandbox_ "));

        assertThat(drawing.map(line -> ApiKey.parse(line.replace(" ", ""))))
                .hasSize(1)
                .doesNotContain(Optional.empty());
    }

    @Test
    void the_limits_of_the_http_server_are_those_in_the_architecture() throws IOException {
        var options = Api.serverOptions();

        assertThat(Path.of("docs/architecture.md"))
                .content()
                .contains("| request line | %d KiB |".formatted(options.getMaxInitialLineLength() / 1024))
                .contains("| headers | %d KiB in all |".formatted(options.getMaxHeaderSize() / 1024))
                .contains(
                        "| next request head, whole | %d s after the one before |".formatted(options.getIdleTimeout()))
                .contains("| answer of which the client takes nothing more | %d s;"
                        .formatted(options.getTcpUserTimeout() / 1000))
                .contains("| answers that the kernel keeps for a connection | %d KiB,"
                        .formatted(options.getSendBufferSize() / 1024));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void every_relative_link_leads_to_a_file(Path document) throws IOException {
        var targets = matches(LINK, Files.readString(document)).stream().filter(link -> !link.contains(":"));

        assertThat(targets)
                .allSatisfy(
                        target -> assertThat(document.resolveSibling(target)).exists());
    }

    @Test
    void each_of_the_ten_risks_of_owasp_has_a_row_with_tests() throws IOException {
        var rows = Files.readAllLines(SECURITY).stream()
                .filter(line -> line.startsWith("| API"))
                .map(line -> line.split("\\|", -1))
                .toList();

        assertThat(rows.stream().map(cells -> cells[1].strip().split(":", -1)[0]))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 10).mapToObj(n -> "API" + n).toList());
        assertThat(rows).allSatisfy(cells -> assertThat(testsIn(cells[4])).isNotEmpty());
    }

    @Test
    void every_test_that_the_security_page_names_exists() throws Exception {
        var tests = testsIn(Files.readString(SECURITY));

        assertThat(tests).hasSizeGreaterThan(10).allSatisfy(DocumentationTest::assertExists);
    }

    /** A code block in a page follows a sentence with a link to its source file; indentation does not matter. */
    @Test
    void the_code_examples_for_adding_a_feature_match_their_source_files() throws IOException {
        var page = Path.of("docs/adding-a-feature.md");
        var blocks = CODE_FROM.matcher(Files.readString(page)).results().toList();

        assertThat(blocks).hasSizeGreaterThan(3);
        assertThat(blocks).allSatisfy(block -> {
            var source = Files.readString(page.resolveSibling(block.group(1)));
            assertThat(unindented(source)).as(block.group(1)).contains(unindented(block.group(2)));
        });
    }

    private static String unindented(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    private static List<String> testsIn(String text) {
        return codes(text).stream().filter(code -> TEST.matcher(code).matches()).toList();
    }

    /** @param test such as {@code AccessTest}, {@code AccessTest.A_nested_class} or {@code AccessTest.A_nested_class.a_test} */
    private static void assertExists(String test) throws IOException, ClassNotFoundException {
        var parts = test.split("\\.", -1);
        // The class is not initialized: some tests start a server in their initializer.
        Class<?> found = Class.forName(nameOfClass(parts[0]), false, DocumentationTest.class.getClassLoader());
        for (int i = 1; i < parts.length; i++) {
            var part = parts[i];
            var nested = Arrays.stream(found.getDeclaredClasses())
                    .filter(candidate -> candidate.getSimpleName().equals(part))
                    .findFirst();
            if (nested.isEmpty()) {
                assertThat(i).as("%s: what follows %s", test, part).isEqualTo(parts.length - 1);
                assertThat(found.getDeclaredMethods())
                        .as("%s: methods of %s", test, found)
                        .anyMatch(method -> method.getName().equals(part));
                return;
            }
            found = nested.get();
        }
    }

    private static String nameOfClass(String test) throws IOException {
        var root = Path.of("src/test/java");
        try (var files = Files.walk(root)) {
            var file = files.filter(path -> path.endsWith(test + ".java")).findFirst();
            assertThat(file).as("a source of the test %s", test).isPresent();
            return root.relativize(file.get())
                    .toString()
                    .replaceFirst("\\.java$", "")
                    .replace('/', '.');
        }
    }

    @Test
    void every_decision_is_in_the_index() throws IOException {
        var index = matches(LINK, Files.readString(DECISIONS.resolve("README.md")));
        try (var pages = Files.list(DECISIONS)) {
            var names = pages.map(page -> page.getFileName().toString()).filter(name -> !name.equals("README.md"));

            assertThat(index).containsExactlyElementsOf(names.sorted().toList());
        }
    }

    static List<Path> documents() throws IOException {
        try (var root = Files.list(Path.of("."));
                var docs = Files.walk(Path.of("docs"));
                var ops = Files.walk(Path.of("ops"));
                var bench = Files.walk(Path.of("bench"))) {
            return Stream.of(root, docs, ops, bench)
                    .flatMap(files -> files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** An empty environment that records which variables are read. */
    private static final class EmptyEnvironment extends AbstractMap<String, String> {
        private final Set<String> asked = new TreeSet<>();

        @Override
        public @Nullable String get(Object name) {
            asked.add(name.toString());
            return null;
        }

        @Override
        public Set<Entry<String, String>> entrySet() {
            return Set.of();
        }
    }

    /** The text under a heading of the README, up to the next heading. */
    private static String section(String heading) throws IOException {
        var lines = Files.readAllLines(README);
        var under = new ArrayList<String>();
        var inside = false;
        for (var line : lines) {
            if (line.startsWith("#")) {
                inside = line.replaceFirst("^#+ ", "").equals(heading);
            } else if (inside) {
                under.add(line);
            }
        }
        return String.join("\n", under);
    }

    /** The second cell of each row of a section's table, by the name in the first cell. */
    private static Map<String, String> table(String heading) throws IOException {
        var rows = new LinkedHashMap<String, String>();
        section(heading).lines().filter(line -> line.startsWith("| `")).forEach(line -> {
            var cells = line.split("\\|", -1);
            rows.put(codes(cells[1]).getFirst(), cells[2]);
        });
        return rows;
    }

    /** The cells of the row that begins with this name, without the code markup. */
    private static List<String> row(String heading, String name) throws IOException {
        var row = section(heading)
                .lines()
                .filter(line -> line.startsWith("| `" + name + "` |"))
                .findFirst()
                .orElseThrow();
        return Stream.of(row.replace("`", "").split("\\|", -1))
                .skip(1)
                .map(String::strip)
                .toList();
    }

    private static List<String> codes(String cell) {
        return matches(CODE, cell);
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static String get(URI uri) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
