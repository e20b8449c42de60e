package sa.cleanlife.partnerapi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** The packaged program as an operator runs it: {@code ./partner-api} as a process with its own environment. */
public final class Launched implements AutoCloseable {
    private static final Path LAUNCHER = Path.of("partner-api").toAbsolutePath();
    private static final Pattern SERVES = Pattern.compile("serves http://127\\.0\\.0\\.1:(\\d+) ");
    private static final Pattern KEY = Pattern.compile("pk_sandbox_[0-9A-Za-z]{32}");
    private static final Pattern MANAGEMENT = Pattern.compile("metrics: http://127\\.0\\.0\\.1:(\\d+) ");

    /**
     * A background process ignores SIGINT, and so do its children; where {@code env} supports it, this prefix restores
     * it.
     */
    private static final List<String> HEARING_CTRL_C =
            exitCode("env", "--default-signal=INT", "true") == 0 ? List.of("env", "--default-signal=INT") : List.of();

    /** The first start after a build also runs the rehearsal for the AOT cache. */
    private static final Duration LONGEST_START = Duration.ofMinutes(3);

    private final Process process;
    private final Path out;
    private final Path err;

    private Launched(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    public static Launched start(DataDirectory data, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(data, environment, data.path().resolveSibling(""), arguments);
    }

    /**
     * Starts the program without waiting for an outcome.
     *
     * @param printed the directory for the files with its standard output and error
     */
    public static Launched start(DataDirectory data, Map<String, String> environment, Path printed, String... arguments)
            throws IOException {
        var launcher = Stream.concat(HEARING_CTRL_C.stream(), Stream.of(LAUNCHER.toString()))
                .toList();
        return start(launcher, data, environment, printed, arguments);
    }

    private static Launched start(
            List<String> launcher,
            DataDirectory data,
            Map<String, String> environment,
            Path printed,
            String... arguments)
            throws IOException {
        var out = Files.createTempFile(printed, "out", ".txt");
        var err = Files.createTempFile(printed, "err", ".txt");
        var builder = new ProcessBuilder().redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.command().addAll(launcher);
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("PARTNER_API_"));
        var settings = new HashMap<>(Map.of("PARTNER_API_PORT", "0", "PARTNER_API_MANAGEMENT_PORT", "0"));
        settings.put("PARTNER_API_DATA_DIR", data.path().toString());
        settings.putAll(environment);
        builder.environment().putAll(settings);
        return new Launched(builder.start(), out, err);
    }

    /** Whether a server started here reacts to Ctrl-C, as one at a terminal does. */
    public static boolean hearsCtrlC() {
        return !HEARING_CTRL_C.isEmpty() || exitCode("sh", "-c", "kill -INT $$; exit 0") != 0;
    }

    private static int exitCode(String... command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts a server and waits until it serves requests. */
    public static Launched serve(DataDirectory data, Map<String, String> environment) throws Exception {
        return untilItServes(start(data, environment, "serve"));
    }

    /** Like {@link #serve}, for a process limited to this number of open files. */
    public static Launched serveWithFiles(int files, DataDirectory data, Map<String, String> environment)
            throws Exception {
        var limited = List.of("sh", "-c", "ulimit -n " + files + " && exec \"$0\" \"$@\"", LAUNCHER.toString());
        return untilItServes(start(limited, data, environment, data.path().resolveSibling(""), "serve"));
    }

    private static Launched untilItServes(Launched server) throws Exception {
        try {
            DataDirectory.await("the server", LONGEST_START, () -> {
                if (!server.process.isAlive()) {
                    throw new AssertionError("the server ended: " + server.err());
                }
                // The last line of every start, first or later, says how to get a key.
                var out = server.out();
                return (out.contains("  curl ") || out.contains("key issue")) && out.endsWith("\n");
            });
            return server;
        } catch (Throwable e) {
            server.close();
            throw e;
        }
    }

    public static Launched serve(DataDirectory data) throws Exception {
        return serve(data, Map.of());
    }

    public String out() throws IOException {
        return Files.readString(out, UTF_8);
    }

    public String err() throws IOException {
        return Files.readString(err, UTF_8);
    }

    /** The key that the first start on a data directory prints. */
    public String printedKey() throws IOException {
        var found = KEY.matcher(out());
        return found.find() ? found.group() : Assertions.fail("no key in " + out());
    }

    public int port() throws IOException {
        return number(SERVES);
    }

    public int managementPort() throws IOException {
        return number(MANAGEMENT);
    }

    private int number(Pattern pattern) throws IOException {
        var found = pattern.matcher(out());
        if (!found.find()) {
            return Assertions.fail("no " + pattern + " in " + out());
        }
        return Integer.parseInt(found.group(1));
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public void signal(String name) {
        DataDirectory.signal(name, process.toHandle());
    }

    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + out() + err());
        }
        return process.exitValue();
    }

    /** Terminates the server, which also stops PostgreSQL, and kills it if that takes too long. */
    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(15, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
