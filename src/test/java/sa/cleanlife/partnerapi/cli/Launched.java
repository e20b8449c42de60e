package sa.cleanlife.partnerapi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import sa.cleanlife.partnerapi.DataDirectory;

/** The packaged program as an operator runs it: {@code ./partner-api}, a process with an environment of its own. */
public final class Launched implements AutoCloseable {
    private static final Path LAUNCHER = Path.of("partner-api").toAbsolutePath();
    private static final Pattern SERVES = Pattern.compile("serves http://127\\.0\\.0\\.1:(\\d+) ");
    private static final Pattern MANAGEMENT = Pattern.compile("metrics: http://127\\.0\\.0\\.1:(\\d+) ");

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
        var out = Files.createTempFile(data.path().getParent(), "out", ".txt");
        var err = Files.createTempFile(data.path().getParent(), "err", ".txt");
        var builder = new ProcessBuilder(LAUNCHER.toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("PARTNER_API_"));
        var settings = new HashMap<>(Map.of("PARTNER_API_PORT", "0", "PARTNER_API_MANAGEMENT_PORT", "0"));
        settings.put("PARTNER_API_DATA_DIR", data.path().toString());
        settings.putAll(environment);
        builder.environment().putAll(settings);
        return new Launched(builder.start(), out, err);
    }

    /** Waits until requests are served. */
    public static Launched serve(DataDirectory data, Map<String, String> environment) throws Exception {
        var server = start(data, environment, "serve");
        try {
            DataDirectory.await("the server", () -> {
                if (!server.process.isAlive()) {
                    throw new AssertionError("the server ended: " + server.err());
                }
                // The last line that a start prints, whichever start it is, tells how to come by a key.
                var out = server.out();
                return (out.contains("  curl ") || out.contains("key issue")) && out.endsWith("\n");
            });
            return server;
        } catch (Throwable e) {
            server.close();
            throw e;
        }
    }

    static Launched serve(DataDirectory data) throws Exception {
        return serve(data, Map.of());
    }

    String out() throws IOException {
        return Files.readString(out, UTF_8);
    }

    public String err() throws IOException {
        return Files.readString(err, UTF_8);
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

    ProcessHandle handle() {
        return process.toHandle();
    }

    void signal(String name) {
        DataDirectory.signal(name, process.toHandle());
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    public int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + out() + err());
        }
        return process.exitValue();
    }

    /** Gently, so that PostgreSQL is stopped as well; and if that does not help, by force. */
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
