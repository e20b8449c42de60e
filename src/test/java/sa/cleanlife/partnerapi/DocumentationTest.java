package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.cli.Main;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.testing.RunningApi;

/** The names, defaults, messages, commands and links in the documents are those of the program. */
class DocumentationTest {
    private static final Path README = Path.of("README.md");
    private static final Path SETTINGS = Path.of("docs/settings.md");
    private static final Path ACCESS = Path.of("docs/access.md");
    private static final Path OPERATIONS = Path.of("docs/operations.md");
    private static final Path DECISIONS = Path.of("docs/decisions");
    private static final Path SECURITY = Path.of("docs/security.md");

    /** In lines: a newcomer should read all of it. */
    private static final int LONGEST_README = 130;

    /** All groups of commands; {@code serve}, {@code help} and {@code completion} are not about access. */
    private static final List<String> COMMANDS_OF_OPERATORS = List.of("partner", "key", "audit");

    /** Names of HTTP, PostgreSQL and the JDK that look like classes of this program. */
    private static final Set<String> NOT_CLASSES =
            Set.of("RateLimit", "DateStyle", "TimeZone", "SyncRep", "BigDecimal");

    private static final List<String> PARTS_OF_A_DECISION =
            List.of("Status", "Context", "Decision", "Alternatives considered", "Consequences");

    private static final Pattern TEST = Pattern.compile("[A-Z]\\w*(Test|IT)(\\.\\w+)*");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("#+ (.*)");
    private static final Pattern NAME_OF_A_CLASS = Pattern.compile("([A-Z][a-z0-9]+){2,}");
    private static final Pattern CODE_FROM =
            Pattern.compile("From\\s\\[\\w+]\\(([^)]+)\\):\n\n```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SANDBOX_KEY = Pattern.compile("pk_sandbox_[0-9A-Za-z]{32}");

    @Test
    void the_settings_page_lists_every_setting_as_its_help_does() throws IOException {
        var environment = new EmptyEnvironment();
        Settings.read(environment, true);
        var settings = Stream.of(Setting.values()).map(Setting::variable).toList();

        assertThat(settings).containsExactlyInAnyOrderElementsOf(environment.asked);
        assertThat(table(SETTINGS, "All settings").keySet()).containsExactlyElementsOf(settings);
        for (var setting : Setting.values()) {
            var cells = row(SETTINGS, "All settings", setting.variable());
            assertThat(cells.get(1)).isEqualTo(setting.defaultText().isEmpty() ? "none" : setting.defaultText());
            assertThat(cells.get(2)).startsWith(setting.description());
        }
    }

    /** Of a default with two values, the first applies on a terminal. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_settings_page_has_the_default_of_every_setting(boolean onTerminal) throws IOException {
        var defaults = new LinkedHashMap<String, String>();
        table(SETTINGS, "All settings").forEach((variable, cell) -> {
            var values = codes(cell);
            if (!values.isEmpty()) {
                defaults.put(variable, onTerminal ? values.getFirst() : values.getLast());
            }
        });

        assertThat(Settings.read(defaults, onTerminal)).isEqualTo(Settings.read(Map.of(), onTerminal));
    }

    @Test
    void the_access_page_lists_every_permission() throws IOException {
        var permissions = Arrays.stream(Permission.values()).map(Permission::code);

        assertThat(table(ACCESS, "Permissions").keySet()).containsExactlyInAnyOrderElementsOf(permissions.toList());
    }

    @Test
    void the_access_page_lists_every_command_with_options_that_it_has() throws IOException {
        var listed = new ArrayList<String>();
        for (var typed : table(ACCESS, "Commands").keySet()) {
            var words = List.of(typed.replaceFirst("^\\./partner-api ", "").split(" "));
            var command = COMMANDS_OF_OPERATORS.stream()
                    .filter(words.getFirst()::equals)
                    .flatMap(group -> commandsBelow(group).stream())
                    .filter(name ->
                            typed.startsWith("./partner-api " + name + " ") || typed.equals("./partner-api " + name))
                    .findFirst();
            assertThat(command).as(typed).isPresent();
            listed.add(command.get());
            assertThat(words.stream().filter(word -> word.startsWith("--")))
                    .allSatisfy(option -> assertThat(help(command.get())).contains(option));
        }

        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(COMMANDS_OF_OPERATORS.stream()
                        .flatMap(group -> commandsBelow(group).stream())
                        .toList());
    }

    /** The commands of a group that have no further commands below them. */
    private static List<String> commandsBelow(String command) {
        var below = help(command)
                .lines()
                .dropWhile(line -> !line.equals("Commands:"))
                .filter(line -> line.matches("  \\w.*"))
                .map(line -> command + " " + line.strip().split(" ", 2)[0])
                .toList();
        return below.isEmpty()
                ? List.of(command)
                : below.stream().flatMap(name -> commandsBelow(name).stream()).toList();
    }

    private static String help(String command) {
        var words =
                Stream.concat(Stream.of("help"), Stream.of(command.split(" "))).toArray(String[]::new);
        var out = new StringWriter();
        int exitCode = Main.run(Map.of(), new PrintWriter(out), new PrintWriter(out), words);
        assertThat(exitCode).as(out.toString()).isZero();
        return out.toString();
    }

    /** Operators search the documents for these messages. The program replaces each {@code …}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "docs/deploy.md     | Starting the server",
                "docs/operations.md | Finding out why requests get a 503",
                "docs/operations.md | Log messages",
                "docs/operations.md | Upgrading",
            })
    void the_messages_in_the_documents_are_those_of_the_program(Path page, String heading) throws IOException {
        var sources = textOfTheProgram();

        var messages = firstCells(page, heading).stream()
                .flatMap(cell -> codes(cell).stream())
                .toList();

        assertThat(messages).hasSizeGreaterThan(3).allSatisfy(message -> {
            var parts = message.replaceFirst("^partner-api: ", "").split("[….(),]+");
            assertThat(Stream.of(parts).map(String::strip).filter(part -> part.matches(".*[a-z].*")))
                    .allSatisfy(part -> assertThat(sources.contains(part))
                            .as("%s: \"%s\" is in the program", message, part)
                            .isTrue());
        });
    }

    /** The source of the server and the launcher, in which a string that continues on the next line is one string. */
    private static String textOfTheProgram() throws IOException {
        var text = new StringBuilder();
        try (var sources = Files.walk(Path.of("src/main/java"));
                var scripts = Files.walk(Path.of(".mvn"))) {
            var files = Stream.of(sources, scripts, Stream.of(Path.of("partner-api")))
                    .flatMap(each -> each)
                    .filter(file -> file.toString().matches(".*\\.(java|sh)|partner-api"))
                    .toList();
            for (var file : files) {
                text.append(Files.readString(file)).append('\n');
            }
        }
        return text.toString().replaceAll("\"\\s*\\+\\s*\"", "").replace("$needed", "25");
    }

    @Test
    void the_metrics_in_the_documents_exist() throws Exception {
        RunningApi.shared().newPartner().postContact("+966500000201", "Ahmed Ali");

        var metrics = get(RunningApi.shared().managementUri("/metrics"));

        assertThat(table(OPERATIONS, "Watching metrics")).isNotEmpty();
        assertThat(table(OPERATIONS, "Watching metrics").keySet())
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
        var drawing = section(README, "Anatomy of a key").lines().filter(line -> line.startsWith("pk_sandbox_ "));

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
                .contains("| response that the client stops reading | %d s;"
                        .formatted(options.getTcpUserTimeout() / 1000))
                .contains("| unread responses that the kernel keeps for a connection | %d KiB,"
                        .formatted(options.getSendBufferSize() / 1024));
    }

    @Test
    void the_readme_is_short() throws IOException {
        assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(LONGEST_README);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void every_relative_link_leads_to_a_file_and_a_heading(Path document) throws IOException {
        var targets = matches(LINK, Files.readString(document)).stream().filter(link -> !link.contains(":"));

        assertThat(targets).allSatisfy(target -> {
            var parts = target.split("#", 2);
            var file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
            assertThat(file).exists();
            if (parts.length > 1) {
                assertThat(anchors(file)).contains(parts[1]);
            }
        });
    }

    /** The anchors that GitHub makes of headings. */
    private static List<String> anchors(Path document) throws IOException {
        return headings(document).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static List<String> headings(Path document) throws IOException {
        return textLines(document).stream()
                .map(HEADING::matcher)
                .filter(Matcher::matches)
                .map(heading -> heading.group(1))
                .toList();
    }

    /** The lines outside blocks of code, in which a comment may look like a heading. */
    private static List<String> textLines(Path document) throws IOException {
        var text = new ArrayList<String>();
        var isCode = false;
        for (var line : Files.readAllLines(document)) {
            if (line.strip().startsWith("```")) {
                isCode = !isCode;
            } else if (!isCode) {
                text.add(line);
            }
        }
        return text;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void every_class_that_a_document_names_exists(Path document) throws IOException {
        var named = textLines(document).stream()
                .flatMap(line -> codes(line).stream())
                .filter(code -> NAME_OF_A_CLASS.matcher(code).matches())
                .filter(code -> !NOT_CLASSES.contains(code));

        try (var sources = Files.walk(Path.of("src"));
                var measuring = Files.walk(Path.of("bench"))) {
            var classes = Stream.concat(sources, measuring)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.replaceFirst("\\.java$", ""))
                    .collect(Collectors.toSet());
            assertThat(named).allSatisfy(name -> assertThat(classes).contains(name));
        }
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
    void every_decision_is_in_the_index_under_its_title() throws IOException {
        var expected = new ArrayList<String>();
        for (var page : decisions()) {
            var name = page.getFileName().toString();
            var title = headings(page).getFirst().split(": ", 2);
            expected.add("| [%s](%s) | %s |".formatted(title[0], name, title[1]));
        }

        var index = Files.readAllLines(DECISIONS.resolve("README.md")).stream().filter(line -> line.startsWith("| ["));

        assertThat(index).containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("decisions")
    void every_decision_has_its_parts(Path page) throws IOException {
        var parts = Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3));

        assertThat(parts).containsExactlyElementsOf(PARTS_OF_A_DECISION);
    }

    static List<Path> decisions() throws IOException {
        try (var pages = Files.list(DECISIONS)) {
            return pages.filter(page -> page.getFileName().toString().matches("\\d{4}-.*"))
                    .sorted()
                    .toList();
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

    /** The lines under a heading, up to the next heading. */
    private static String section(Path document, String heading) throws IOException {
        var under = new ArrayList<String>();
        var isCode = false;
        var isUnder = false;
        for (var line : Files.readAllLines(document)) {
            var found = HEADING.matcher(line);
            isCode ^= line.strip().startsWith("```");
            if (!isCode && found.matches()) {
                isUnder = found.group(1).equals(heading);
            } else if (isUnder) {
                under.add(line);
            }
        }
        return String.join("\n", under);
    }

    /** The second cell of each row of a section's table, by the name in the first cell. */
    private static Map<String, String> table(Path document, String heading) throws IOException {
        var rows = new LinkedHashMap<String, String>();
        section(document, heading)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> {
                    var cells = line.split("\\|", -1);
                    rows.put(codes(cells[1]).getFirst(), cells[2]);
                });
        return rows;
    }

    /** The first cell of each row of a section's tables, where it begins with code. */
    private static List<String> firstCells(Path document, String heading) throws IOException {
        return section(document, heading)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|", -1)[1])
                .toList();
    }

    /** The cells of the row that begins with this name, without the code markup. */
    private static List<String> row(Path document, String heading, String name) throws IOException {
        var row = section(document, heading)
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
