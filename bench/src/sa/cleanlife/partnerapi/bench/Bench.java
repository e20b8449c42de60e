package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import sa.cleanlife.partnerapi.bench.Figures.Load;

/** The program behind {@code bench/run}: the steps of a run, in order. */
public final class Bench {
    private static final int CONTACTS = 100_000;
    private static final int REPEATS = 5;
    private static final int LARGE_ROUNDS = 3;

    private final Options options;
    private final Path root;
    private final Workspace workspace;
    private final Cluster cluster;
    private final Programs programs;
    private final Wrk wrk;
    private final Pgbench pgbench;
    private final Contacts contacts;
    private final String key;
    private final Measurer measurer;
    private final Servers servers;
    private final Results results = new Results();
    private final Progress progress = new Progress();
    private boolean leavesOut;

    private Bench(Options options, Path root, Workspace workspace) {
        this.options = options;
        this.root = root;
        this.workspace = workspace;
        Progress.say("starting PostgreSQL and filling its database");
        this.cluster = workspace.open(() -> Cluster.start(workspace.directory().resolve("postgresql")));
        this.programs = new Programs(root, workspace);
        this.key = programs.issueKey(cluster.database());
        this.contacts = Contacts.fill(cluster.database(), CONTACTS).kept();
        this.wrk = new Wrk(workspace, root, options.quick());
        contacts.writeIds(wrk.ids());
        this.pgbench = new Pgbench(workspace, root, cluster.database());
        this.measurer = new Measurer(cluster, contacts, wrk, pgbench);
        this.servers = new Servers(measurer);
    }

    public static void main(String[] args) {
        var options = Options.parse(args);
        var unknown = unknown(options);
        if (!unknown.isEmpty()) {
            Progress.say(
                    "This run has no measurement with \"%s\" in its name; ./bench/run --help lists the names.",
                    unknown.getFirst());
            System.exit(2);
        }
        int exitCode = 1;
        try (var workspace = Workspace.in(Path.of("target/bench").toAbsolutePath())) {
            if (run(options, workspace)) {
                exitCode = 0;
            }
        }
        System.exit(exitCode);
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // the terminal is the only log
    private static boolean run(Options options, Workspace workspace) {
        try {
            new Bench(options, Path.of("").toAbsolutePath(), workspace).run();
            return true;
        } catch (RuntimeException e) {
            // After a signal, all steps under way fail.
            if (!workspace.isClosed()) {
                if (e instanceof CheckFailedException failed) {
                    Progress.say("FAILED: %s", String.valueOf(failed.getMessage()));
                } else {
                    e.printStackTrace();
                }
            }
            return false;
        }
    }

    /** The names in {@code --only} that match no measurement. */
    private static List<String> unknown(Options options) {
        var names = Stream.concat(
                        loads(options).map(Load::toString),
                        Stream.of("start", "open-loop", "overload", "large")
                                .filter(name -> !name.equals("large") || options.large()))
                .toList();
        return options.only().stream()
                .filter(only -> names.stream().noneMatch(name -> name.contains(only)))
                .toList();
    }

    private static Stream<Load> loads(Options options) {
        return Rounds.loads().stream()
                .filter(load -> load.subject() != Subject.PEER || options.peer())
                .filter(load -> isAboutCorrectness(load) || !options.quick());
    }

    /** With more connections the server rightly rejects some requests while the disk stalls. */
    private static boolean isAboutCorrectness(Load load) {
        return load.subject() == Subject.SERVER && load.connections() <= Rounds.CONNECTIONS;
    }

    private void run() {
        if (options.profile()) {
            profile();
            return;
        }
        var machine = Machine.of(cluster.database());
        var loads = loads(options)
                .filter(load -> options.wants(load.toString()))
                .toList();
        addStarts(loads);
        new Rounds(options, servers, measurer, results).addTo(progress, loads);
        addRest();
        try {
            progress.run();
        } finally {
            // After a failed check the earlier figures are printed, but not kept.
            if (!workspace.isClosed()) {
                new Report(results, System.out).print(machine);
            }
        }
        if (options.isComplete() && !leavesOut) {
            new ResultsFile(root).write(LocalDate.now(ZoneOffset.UTC), machine, options, pgbench, results);
            Progress.say("written: bench/results");
        }
    }

    private boolean wantsServerAlone() {
        return options.wants("open-loop") || options.wants("overload");
    }

    private void addStarts(List<Load> loads) {
        if (wantsServerAlone() || uses(loads, Subject.SERVER)) {
            addStart(Subject.SERVER, () -> programs.server(cluster.database(), key));
        }
        if (uses(loads, Subject.CEILING)) {
            addStart(Subject.CEILING, () -> programs.ceiling(cluster.database(), key));
        }
        if (uses(loads, Subject.PEER)) {
            addStart(Subject.PEER, () -> programs.peer(cluster.database(), key));
        }
        if (!options.quick() && (uses(loads, Subject.PGBENCH) || options.wants("open-loop"))) {
            int seconds = 3;
            progress.add("pgbench, choosing the faster statements", 4 * seconds + 4, () -> {
                pgbench.choose(contacts, 16, seconds);
            });
        }
    }

    private static boolean uses(List<Load> loads, Subject subject) {
        return loads.stream().anyMatch(load -> load.subject() == subject);
    }

    private void addStart(Subject subject, Supplier<HttpProcess> start) {
        int passes = Servers.warmUp(subject).size();
        // A server with more layers has more code to compile.
        int seconds = subject == Subject.PEER ? options.warmUpSeconds() : Math.max(1, options.warmUpSeconds() / passes);
        progress.add(subject + ", start and warm-up", passes * seconds + 8, () -> servers.start(start.get(), seconds));
    }

    private void addRest() {
        int repeats = options.quick() ? 1 : REPEATS;
        if (options.wants("start")) {
            // The first start may rehearse for the later ones.
            progress.add("start, not measured", 2, () -> Starts.measure(programs, workspace, cluster.database(), key));
            for (int i = 0; i < repeats; i++) {
                progress.add(
                        "start",
                        2,
                        () -> results.add(
                                Starts.SECONDS, Starts.measure(programs, workspace, cluster.database(), key)));
            }
        }
        if (options.wants("open-loop")) {
            addOpenLoop(repeats);
        }
        if (options.wants("overload")) {
            addFlatOut();
        }
        if (options.wants("large") && !options.quick()) {
            addLarge();
        }
        if (options.wants("overload")) {
            addOverload();
        }
    }

    private void addOpenLoop(int repeats) {
        int seconds = options.seconds();
        progress.add("open-loop, warm-up", seconds, () -> openLoop().warmUp(halfOfMost(), seconds));
        for (int i = 0; i < repeats; i++) {
            progress.add("open-loop", 2 * seconds, () -> openLoop().measure(halfOfMost(), seconds));
        }
    }

    private OpenLoopRounds openLoop() {
        return new OpenLoopRounds(servers.get(Subject.SERVER), pgbench, contacts, results);
    }

    /** Half of the server's capacity for existing phones, measured now if it was not before. */
    private double halfOfMost() {
        var rounds = results.bestPerSecond(Subject.SERVER, Work.EXISTING);
        if (rounds.isEmpty()) {
            results.add(measurer.measure(
                    servers.get(Subject.SERVER), Work.EXISTING, Rounds.CONNECTIONS, options.seconds(), 1));
            return halfOfMost();
        }
        return Statistics.median(rounds.values()) / 2;
    }

    private void addFlatOut() {
        int seconds = options.quick() ? 3 : 10;
        progress.add("overload, 2,000 connections flat out", seconds, () -> {
            Overload.flatOut(servers.get(Subject.SERVER), contacts, seconds, results);
        });
    }

    private void addLarge() {
        if (!options.large()) {
            Progress.say("skipping the table of ten million contacts");
            return;
        }
        if (freeBytes() < LargeTable.BYTES_NEEDED) {
            leavesOut = true;
            Progress.say("skipping the table of ten million contacts, which needs 8 GB of disk; the results will not be kept");
            return;
        }
        var tables = new Later<LargeTable>();
        progress.add("large, filling ten million contacts", 120, () -> {
            // The other servers are not used any more.
            servers.stop(Subject.CEILING, workspace);
            servers.stop(Subject.PEER, workspace);
            tables.set(LargeTable.fill(cluster, programs, wrk, workspace, results));
        });
        int warmUp = options.warmUpSeconds() / 2;
        progress.add("large, warm-up", 2 * warmUp, () -> tables.get().warmUp(warmUp));
        for (int round = 1; round <= LARGE_ROUNDS; round++) {
            progress.add(
                    "large, round " + round,
                    2 * options.seconds(),
                    () -> tables.get().measure(options.seconds()));
        }
        progress.add("large, shutdown", 3, () -> tables.get().stop());
    }

    private long freeBytes() {
        try {
            return Files.getFileStore(workspace.directory()).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addOverload() {
        var overload = new Later<Overload>();
        progress.add("overload, a slow database", 12, () -> {
            overload.set(Overload.prepare(cluster, programs, wrk));
        });
        int capacitySeconds = options.quick() ? 2 : 5;
        int stormSeconds = options.quick() ? 4 : 15;
        progress.add("overload, ten times the capacity", capacitySeconds + stormSeconds + 10, () -> {
            results.add(overload.get().measure(capacitySeconds, stormSeconds));
            overload.get().stop(workspace);
        });
    }

    private void profile() {
        progress.add("server, start and warm-up", options.warmUpSeconds() + 8, () -> {
            servers.start(programs.server(cluster.database(), key), options.warmUpSeconds() / 4);
        });
        for (var work : List.of(Work.EXISTING, Work.NEW)) {
            progress.add("profile of " + work, options.seconds() + 5, () -> {
                var server = servers.get(Subject.SERVER);
                Profile.record(workspace, server, () -> {
                            measurer.measure(server, work, Rounds.CONNECTIONS, options.seconds(), 1);
                        })
                        .print("server " + work + " " + Rounds.CONNECTIONS, System.out);
            });
        }
        progress.run();
    }
}
