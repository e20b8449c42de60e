package sa.cleanlife.partnerapi.bench;

import static sa.cleanlife.partnerapi.bench.CheckFailedException.require;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import sa.cleanlife.partnerapi.bench.Figures.Load;

/**
 * Makes one measurement, always with the same initial contacts, and then checks that every request got a response and
 * nothing was lost: the rows are the initial ones and those created.
 */
final class Measurer {
    private final Cluster cluster;
    private final Contacts contacts;
    private final Wrk wrk;
    private final Pgbench pgbench;

    Measurer(Cluster cluster, Contacts contacts, Wrk wrk, Pgbench pgbench) {
        this.cluster = cluster;
        this.contacts = contacts;
        this.wrk = wrk;
        this.pgbench = pgbench;
    }

    /** The same, with every response body checked. */
    Measurer checking() {
        return new Measurer(cluster, contacts, wrk.checking(), pgbench);
    }

    /** Measures a server over HTTP. */
    Figures measure(HttpProcess target, Work work, int connections, int seconds, int round) {
        var load = new Load(target.subject(), work, connections);
        contacts.restore();
        if (work.creates()) {
            contacts.markChanged();
        }
        long rows = contacts.count();
        var before = Counted.of(target);
        long processCpu = CpuTime.ofProcess(target.pid());
        long databaseCpu = cluster.cpuMicros();
        var outcome = wrk.run(target, work, contacts, connections, seconds);
        double processMicros = CpuTime.ofProcess(target.pid()) - processCpu;
        double databaseMicros = cluster.cpuMicros() - databaseCpu;
        var counted = Counted.whenQuiet(target).map(after -> after.since(before.orElseThrow()));
        check(load, outcome, counted, contacts.count() - rows);
        double requests = outcome.requests();
        return new Figures(
                load,
                round,
                outcome.requests(),
                outcome.seconds(),
                OptionalDouble.of(outcome.p50Micros()),
                OptionalDouble.of(outcome.p99Micros()),
                OptionalDouble.of(processMicros / requests),
                OptionalDouble.of(databaseMicros / requests),
                counted.map(Counted::allocatedBytes)
                        .filter(bytes -> bytes > 0)
                        .map(bytes -> OptionalDouble.of(bytes / requests))
                        .orElse(OptionalDouble.empty()));
    }

    /** The server's own counters; the other programs have none. */
    private record Counted(Map<String, Long> answers, long created, double allocatedBytes) {
        static Optional<Counted> of(HttpProcess target) {
            if (target.subject() != Subject.SERVER) {
                return Optional.empty();
            }
            var metrics = target.metrics();
            return Optional.of(new Counted(metrics.answers(), metrics.created(), metrics.allocatedBytes()));
        }

        /** Waits until the requests that were under way at the end of the load have been handled. */
        static Optional<Counted> whenQuiet(HttpProcess target) {
            pause();
            var before = of(target);
            while (true) {
                pause();
                var now = of(target);
                if (now.map(Counted::answers).equals(before.map(Counted::answers))) {
                    return now;
                }
                before = now;
            }
        }

        Counted since(Counted before) {
            var newAnswers = new TreeMap<String, Long>();
            answers.forEach((status, count) -> {
                long added = count - before.answers.getOrDefault(status, 0L);
                if (added > 0) {
                    newAnswers.put(status, added);
                }
            });
            return new Counted(newAnswers, created - before.created, allocatedBytes - before.allocatedBytes);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(150);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void check(Load load, Wrk.Outcome outcome, Optional<Counted> counted, long newRows) {
        long underWay = load.connections();
        counted.ifPresent(server -> {
            require(
                    server.answers().keySet().equals(Set.of("200")),
                    "%s: the server's responses by status: %s",
                    load,
                    server.answers());
            long accepted = server.answers().getOrDefault("200", 0L);
            require(
                    accepted >= outcome.requests() && accepted <= outcome.requests() + underWay,
                    "%s: the server counted %d responses, wrk %d",
                    load,
                    accepted,
                    outcome.requests());
            require(
                    newRows == server.created(),
                    "%s: there are %d new rows, but %d contacts were created",
                    load,
                    newRows,
                    server.created());
        });
        switch (load.work()) {
            case NEW ->
                require(
                        newRows >= outcome.requests() && newRows <= outcome.requests() + underWay,
                        "%s: there are %d new rows, but %d responses with a new phone",
                        load,
                        newRows,
                        outcome.requests());
            case MIXED ->
                require(
                        newRows > 0 && newRows < outcome.requests(),
                        "%s: there are %d new rows for %d responses",
                        load,
                        newRows,
                        outcome.requests());
            case EXISTING, GET -> require(newRows == 0, "%s: there are %d new rows", load, newRows);
        }
    }

    /** Measures PostgreSQL itself. */
    Figures measureDatabase(Work work, int clients, int seconds, int round) {
        var load = new Load(Subject.PGBENCH, work, clients);
        contacts.restore();
        if (work.creates()) {
            contacts.markChanged();
        }
        long rows = contacts.count();
        long databaseCpu = cluster.cpuMicros();
        var outcome = pgbench.run(work, clients, seconds);
        double databaseMicros = cluster.cpuMicros() - databaseCpu;
        long newRows = contacts.count() - rows;
        require(
                newRows == (work == Work.NEW ? outcome.transactions() : 0),
                "%s: there are %d new rows after %d transactions",
                load,
                newRows,
                outcome.transactions());
        return new Figures(
                load,
                round,
                outcome.transactions(),
                outcome.transactions() / outcome.perSecond(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.of(databaseMicros / outcome.transactions()),
                OptionalDouble.empty());
    }
}
