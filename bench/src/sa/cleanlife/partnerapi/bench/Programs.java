package sa.cleanlife.partnerapi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Starts the measured programs as an operator would, and waits until they respond. */
final class Programs {
    private static final Pattern API = Pattern.compile("serves http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern MANAGEMENT = Pattern.compile("Health and metrics: http://127\\.0\\.0\\.1:(\\d+)");
    private static final long LONGEST_START_SECONDS = 90;

    /** The launcher's flags, so that the ceiling differs from the server only in the database. */
    private static final List<String> LAUNCHER_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xmn40m",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dfile.encoding=UTF-8",
            "-Duser.language=en");

    private final Path root;
    private final Workspace workspace;

    Programs(Path root, Workspace workspace) {
        this.root = root;
        this.workspace = workspace;
    }

    /** Issues a key to a new partner, which also migrates the database. */
    String issueKey(Database database) {
        launch(database, "partner", "add", "bench");
        var issued = launch(
                database,
                "key",
                "issue",
                "--partner",
                "bench",
                "--permission",
                "partner_contacts_read",
                "--live",
                "--json");
        return new JsonObject(issued).getString("key");
    }

    private String launch(Database database, String... arguments) {
        var process = workspace.start(launcher(database, 0, 0, arguments));
        try {
            var output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("./partner-api " + String.join(" ", arguments) + " failed");
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            workspace.forget(process);
        }
    }

    /** Port 0 means any free port. */
    ProcessBuilder launcher(Database database, int port, int managementPort, String... arguments) {
        var command = new ArrayList<>(List.of(root.resolve("partner-api").toString()));
        command.addAll(List.of(arguments));
        return program(command, environment(database, port, managementPort));
    }

    private static Map<String, String> environment(Database database, int port, int managementPort) {
        return Map.of(
                "PARTNER_API_DATABASE_URL", database.uri(),
                "PARTNER_API_PORT", Integer.toString(port),
                "PARTNER_API_MANAGEMENT_PORT", Integer.toString(managementPort),
                "PARTNER_API_LOG", "json");
    }

    private ProcessBuilder program(List<String> command, Map<String, String> settings) {
        var builder = new ProcessBuilder(command)
                .directory(workspace.directory().toFile())
                // The access log is useless here, and too much for a disk that the database needs.
                .redirectError(Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith("PARTNER_API_"));
        builder.environment().putAll(settings);
        return builder;
    }

    HttpProcess server(Database database, String key) {
        var process = workspace.start(launcher(database, 0, 0, "serve"));
        int port = awaitNumber(process, API, "the server");
        return new HttpProcess(Subject.SERVER, process, port, awaitNumber(process, MANAGEMENT, "the server"), key);
    }

    HttpProcess ceiling(Database database, String key) {
        var command = new ArrayList<>(List.of(java()));
        command.addAll(LAUNCHER_FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "sa.cleanlife.partnerapi.HttpCeiling"));
        var process = workspace.start(program(command, environment(database, 0, 0)));
        return new HttpProcess(Subject.CEILING, process, awaitNumber(process, API, "the ceiling"), 0, key);
    }

    HttpProcess peer(Database database, String key) {
        int port = freePort();
        var command = List.of(
                java(),
                // The collector with which the peer was fastest.
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Duser.language=en",
                "-Djava.io.tmpdir=" + workspace.directory(),
                "-jar",
                root.resolve("bench/peer-spring-jpa/target/peer.jar").toString());
        var settings = Map.of(
                "PEER_PORT", Integer.toString(port),
                "PEER_DATABASE_URL", database.jdbcUrl(),
                "PEER_DATABASE_USER", database.login().user(),
                "PEER_DATABASE_PASSWORD", database.login().password());
        var process = workspace.start(program(command, settings).redirectOutput(Redirect.DISCARD));
        FirstAnswer.await(process, port, key, LONGEST_START_SECONDS);
        return new HttpProcess(Subject.PEER, process, port, 0, key);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int awaitNumber(Process process, Pattern pattern, String who) {
        try {
            return CompletableFuture.supplyAsync(() -> readNumber(process, pattern, who))
                    .get(LONGEST_START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(who + " did not start; start it by hand to find out why", e);
        }
    }

    private static int readNumber(Process process, Pattern pattern, String who) {
        try {
            // The same reader each time, since it may have buffered the next line.
            var reader = process.inputReader();
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                var found = pattern.matcher(line);
                if (found.find()) {
                    return Integer.parseInt(found.group(1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException(who + " ended before it served requests");
    }
}
