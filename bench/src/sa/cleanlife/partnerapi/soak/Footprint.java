package sa.cleanlife.partnerapi.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;
import sa.cleanlife.partnerapi.testing.LoadClient;

/**
 * The resources of a server and its PostgreSQL at one moment, from Linux and the JVM. Of PostgreSQL's memory only the
 * processes' private part counts: the shared part fills up and is bounded.
 */
record Footprint(
        long calls,
        long connections,
        long files,
        long threads,
        long heapKb,
        long buffersKb,
        long residentKb,
        long backends,
        long backendsKb) {
    static final String TITLE =
            "     calls connections files threads  heap kB buffers kB resident kB backends their kB";

    record Measure(String name, ToDoubleFunction<Footprint> of, double slack) {}

    /** The measure that must stay flat without clients, and the growth that still counts as flat. */
    static final Measure HEAP = new Measure("heap that is alive, kB", Footprint::heapKb, 4_000);

    /** The measures that must stay flat under load. */
    static final List<Measure> UNDER_LOAD = List.of(
            new Measure("files", Footprint::files, 30),
            new Measure("threads", Footprint::threads, 2),
            new Measure("buffers outside the heap, kB", Footprint::buffersKb, 9_000),
            new Measure("resident memory, kB", Footprint::residentKb, 30_000),
            new Measure("processes of PostgreSQL", Footprint::backends, 3),
            new Measure("memory of their own, kB", Footprint::backendsKb, 30_000));

    /** The last line of the histogram of live objects; taking it runs a garbage collection first. */
    private static final Pattern ALIVE = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    static Footprint of(Launched server, DataDirectory data, long calls) throws Exception {
        long pid = server.handle().pid();
        var alive = jcmd(pid, "GC.class_histogram");
        var metrics = metrics(server);
        var status = Files.readString(Path.of("/proc/" + pid + "/status"));
        var postgres = data.postgresProcesses();
        return new Footprint(
                calls,
                metric(metrics, "http_server_connections "),
                list(Path.of("/proc/" + pid + "/fd")),
                number(status, "Threads"),
                ALIVE.matcher(alive)
                        .results()
                        .mapToLong(total -> Long.parseLong(total.group(1)) / 1024)
                        .findFirst()
                        .orElseThrow(),
                metric(metrics, "jvm_buffer_memory_used_bytes{id=\"direct\"} ") / 1024,
                number(status, "VmRSS"),
                postgres.size(),
                postgres.stream().mapToLong(Footprint::ownMemory).sum());
    }

    static long connections(Launched server) throws IOException {
        return metric(metrics(server), "http_server_connections ");
    }

    private static String metrics(Launched server) throws IOException {
        try (var client = new LoadClient(1)) {
            return LoadClient.await(client.get(server.managementPort(), "/metrics"))
                    .body();
        }
    }

    private static long metric(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    private static long list(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.count();
        }
    }

    private static long number(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static long ownMemory(ProcessHandle process) {
        try {
            return number(Files.readString(Path.of("/proc/" + process.pid() + "/status")), "RssAnon");
        } catch (IOException ended) {
            return 0;
        }
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(said);
        }
        return said;
    }

    @Override
    public String toString() {
        return Stream.of(calls, connections, files, threads, heapKb, buffersKb, residentKb, backends, backendsKb)
                .map("%,10d"::formatted)
                .reduce("", String::concat);
    }
}
