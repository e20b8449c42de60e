package sa.cleanlife.partnerapi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import sa.cleanlife.partnerapi.cli.Main;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the operator's commands. */
public final class Shell {
    private final Path directory;
    private final Map<String, String> environment = new TreeMap<>();

    /** @param directory the parent of the embedded database's data directory */
    public Shell(Path directory) {
        this.directory = directory;
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("PARTNER_API_DATA_DIR", dataDirectory().toString());
    }

    public static Shell onDatabase(Path directory, String url) {
        var shell = new Shell(directory);
        shell.set("PARTNER_API_DATABASE_URL", url);
        return shell;
    }

    public void set(String name, String value) {
        environment.put(name, value);
    }

    public Path dataDirectory() {
        return directory.resolve("data");
    }

    /** A command's exit code and output. */
    public record Run(int exitCode, String out, String err) {
        public JsonNode json() {
            assertThat(exitCode).as(err).isZero();
            assertThat(out).as("one line of JSON").hasLineCount(1).endsWith("\n");
            return new JsonMapper().readTree(out);
        }

        public String table() {
            assertThat(exitCode).as(err).isZero();
            return out;
        }

        /** The single error line of a command that was refused with exit code 2. */
        public String refusal() {
            return sentence(2);
        }

        public String sentence(int expectedExitCode) {
            assertThat(exitCode).as(out + err).isEqualTo(expectedExitCode);
            assertThat(out).isEmpty();
            assertThat(err).hasLineCount(1).doesNotContain("\tat ", "Exception:");
            return err.strip();
        }
    }

    /**
     * Runs a command to its end in this process: starting another process takes longer than most commands.
     *
     * @param typed words separated by single spaces
     * @param more further words, which may contain spaces
     */
    public Run run(String typed, String... more) {
        var out = new StringWriter();
        var err = new StringWriter();
        try (var log = CapturedLog.ofThisThread()) {
            int exitCode = Main.run(
                    environment,
                    new PrintWriter(out),
                    new PrintWriter(err),
                    words(typed, more).toArray(String[]::new));
            log.text().forEach(err::append);
            return new Run(exitCode, out.toString(), err.toString());
        }
    }

    /** Runs a command in its own process, as the launcher starts it. */
    public Run runProcess(String typed, String... more) {
        try {
            var out = directory.resolve("out");
            var err = directory.resolve("err");
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Dstdout.encoding=UTF-8",
                    "-Dstderr.encoding=UTF-8",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName()));
            command.addAll(words(typed, more));
            var builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            int exitCode = exitCodeOf(builder.start());
            return new Run(exitCode, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> words(String typed, String... more) {
        return Stream.concat(Stream.of(typed.split(" ", -1)), Stream.of(more)).toList();
    }

    /** Kills a process that is still running when the waiting test ends. */
    private static int exitCodeOf(Process process) throws InterruptedException {
        try {
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The names of an object's fields, in order. */
    public static List<String> fields(JsonNode object) {
        return List.copyOf(object.propertyNames());
    }

    public static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }
}
