package sa.cleanlife.partnerapi.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Loads a server with wrk as hard as it can over persistent connections, each of which sends its next request after the
 * response.
 */
final class Wrk {
    private static final int THREADS = 2;

    private final Workspace workspace;
    private final Path script;
    private final Path ids;
    private final boolean checksBodies;
    private int seed;

    Wrk(Workspace workspace, Path root, boolean checksBodies) {
        this(workspace, root.resolve("bench/wrk/contacts.lua"), workspace.directory().resolve("ids"), checksBodies);
    }

    private Wrk(Workspace workspace, Path script, Path ids, boolean checksBodies) {
        this.workspace = workspace;
        this.script = script;
        this.ids = ids;
        this.checksBodies = checksBodies;
    }

    /** The same, with every response body checked. */
    Wrk checking() {
        return new Wrk(workspace, script, ids, true);
    }

    record Outcome(long requests, double seconds, double p50Micros, double p99Micros) {}

    Outcome run(HttpProcess target, Work work, Contacts contacts, int connections, int seconds) {
        var command = new ArrayList<>(List.of(
                "wrk",
                "-t" + THREADS,
                "-c" + connections,
                "-d" + seconds + "s",
                "--timeout",
                "5s",
                "--latency",
                "-s",
                script.toString(),
                "http://127.0.0.1:" + target.port() + "/",
                "--",
                work.toString(),
                target.key(),
                Integer.toString(contacts.size()),
                Integer.toString(++seed * THREADS),
                checksBodies ? "1" : "0"));
        if (work == Work.GET) {
            command.add(ids().toString());
        }
        var output = Command.run(workspace, new ProcessBuilder(command));
        var figures = figures(output);
        for (var fault : List.of("wrong", "status", "connect", "read", "write", "timeout")) {
            CheckFailedException.require(
                    figures.getOrDefault(fault, -1L) == 0,
                    "%s %s: some requests failed:%n%s",
                    target.subject(),
                    work,
                    output);
        }
        return new Outcome(
                value(figures, "requests"),
                value(figures, "micros") / 1e6,
                value(figures, "p50"),
                value(figures, "p99"));
    }

    /** The file with the ids of the contacts, in the order of their phones. */
    Path ids() {
        return ids;
    }

    private static long value(Map<String, Long> figures, String name) {
        var value = figures.get(name);
        if (value == null) {
            throw new CheckFailedException("wrk printed no " + name);
        }
        return value;
    }

    private static Map<String, Long> figures(String output) {
        var line = output.lines()
                .filter(each -> each.startsWith("figures "))
                .findFirst()
                .orElseThrow(() -> new CheckFailedException("wrk printed no figures:" + System.lineSeparator() + output));
        var figures = new HashMap<String, Long>();
        for (var pair : line.substring("figures ".length()).split(" ", -1)) {
            var parts = pair.split("=", -1);
            figures.put(parts[0], (long) Double.parseDouble(parts[1]));
        }
        return figures;
    }
}
