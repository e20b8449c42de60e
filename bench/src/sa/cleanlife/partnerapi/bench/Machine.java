package sa.cleanlife.partnerapi.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The machine of a measurement. It identifies neither the machine nor anything on it. */
record Machine(
        String processor,
        int cores,
        long memoryMegabytes,
        String kernel,
        String jdk,
        String postgresql,
        String wrk,
        String pgbench) {
    static Machine of(Database database) {
        return new Machine(
                field("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(field("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "")) / 1024,
                System.getProperty("os.version"),
                Runtime.version().toString(),
                database.text("SHOW server_version"),
                firstLine("wrk", "-v").replaceAll("^wrk (?:debian/)?([^ ]*).*", "$1"),
                firstLine(System.getenv().getOrDefault("PGBENCH", "pgbench"), "--version")
                        .replaceAll("^[^0-9]*([0-9.]+).*", "$1"));
    }

    private static String field(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The exit code is ignored: wrk reports an error when asked for its version. */
    private static String firstLine(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("processor", processor)
                .put("cores", cores)
                .put("memoryMegabytes", memoryMegabytes)
                .put("kernel", kernel)
                .put("jdk", jdk)
                .put("postgresql", postgresql)
                .put("wrk", wrk)
                .put("pgbench", pgbench);
    }

    List<String> lines() {
        return List.of(
                "%s, %d cores, %d MB, Linux %s".formatted(processor, cores, memoryMegabytes, kernel),
                "JDK %s, PostgreSQL %s, wrk %s, pgbench %s".formatted(jdk, postgresql, wrk, pgbench));
    }
}
