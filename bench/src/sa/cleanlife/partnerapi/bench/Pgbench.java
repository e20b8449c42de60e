package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Loads PostgreSQL directly with the server's statements, one phone and one transaction each, over TCP. */
final class Pgbench {
    private static final Pattern PROCESSED = Pattern.compile("transactions actually processed: (\\d+)");
    private static final Pattern FAILED = Pattern.compile("failed transactions: (\\d+)");
    private static final Pattern PER_SECOND = Pattern.compile("tps = ([0-9.]+)");

    private final Workspace workspace;
    private final Path scripts;
    private final Database database;
    private Path existing;
    private Path creating;

    Pgbench(Workspace workspace, Path root, Database database) {
        this.workspace = workspace;
        this.scripts = root.resolve("bench/pgbench");
        this.database = database;
        this.existing = scripts.resolve("existing-equals.sql");
        this.creating = scripts.resolve("new-values.sql");
    }

    record Outcome(long transactions, double perSecond) {}

    /** Measures both forms of each statement, and uses the faster one from then on. */
    void choose(Contacts contacts, int clients, int seconds) {
        existing = faster(contacts, clients, seconds, "existing-equals.sql", "existing-any.sql");
        creating = faster(contacts, clients, seconds, "new-values.sql", "new-unnest.sql");
    }

    private Path faster(Contacts contacts, int clients, int seconds, String one, String other) {
        contacts.restore();
        double oneSpeed = run(scripts.resolve(one), clients, seconds).perSecond();
        contacts.markChanged();
        contacts.restore();
        double otherSpeed = run(scripts.resolve(other), clients, seconds).perSecond();
        contacts.markChanged();
        return scripts.resolve(otherSpeed > oneSpeed ? other : one);
    }

    List<String> chosen() {
        return List.of(existing.getFileName().toString(), creating.getFileName().toString());
    }

    Outcome run(Work work, int clients, int seconds) {
        return run(work == Work.NEW ? creating : existing, clients, seconds);
    }

    private Outcome run(Path script, int clients, int seconds, String... more) {
        var command = new ArrayList<>(List.of(
                System.getenv().getOrDefault("PGBENCH", "pgbench"),
                "-n",
                "-M",
                "prepared",
                "-j",
                "2",
                "-c",
                Integer.toString(clients),
                "-T",
                Integer.toString(seconds),
                "-D",
                "i=0",
                "-f",
                script.toString()));
        command.addAll(List.of(more));
        command.addAll(List.of(
                "-h",
                database.host(),
                "-p",
                Integer.toString(database.port()),
                "-U",
                database.login().user()));
        command.add(database.login().database());
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("PGPASSWORD", database.login().password());
        var output = Command.run(workspace, builder);
        // Versions before 15 do not print this line.
        var failed = FAILED.matcher(output);
        CheckFailedException.require(
                !failed.find() || failed.group(1).equals("0"),
                "%s: some transactions failed:%n%s",
                script.getFileName(),
                output);
        return new Outcome((long) number(PROCESSED, output), number(PER_SECOND, output));
    }

    /** The p99 in microseconds at this rate, counted from each transaction's due time like in {@link OpenLoop}. */
    double p99AtRate(double perSecond, int clients, int seconds) {
        var prefix = workspace.directory().resolve("pgbench-log");
        run(existing, clients, seconds, "--rate", Double.toString(perSecond), "-l", "--log-prefix=" + prefix);
        var micros = new ArrayList<Long>();
        for (var log : logs(prefix)) {
            // client, transaction, time, ...: with --rate the time starts when the transaction is due.
            readLines(log).forEach(line -> micros.add(Long.parseLong(line.split(" ", -1)[2])));
            delete(log);
        }
        return Statistics.percentile(micros, 0.99);
    }

    private static List<Path> logs(Path prefix) {
        try (var files = Files.list(prefix.getParent())) {
            return files.filter(file -> file.getFileName()
                            .toString()
                            .startsWith(prefix.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> readLines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double number(Pattern pattern, String output) {
        var found = pattern.matcher(output);
        if (!found.find()) {
            throw new CheckFailedException("pgbench printed no figures:" + System.lineSeparator() + output);
        }
        return Double.parseDouble(found.group(1));
    }
}
