package sa.cleanlife.partnerapi.bench;

import java.util.ArrayList;
import java.util.List;
import sa.cleanlife.partnerapi.bench.Figures.Load;

/**
 * The measurements that are compared with each other: each round takes all of them, one after another. The other
 * programs are idle meanwhile.
 */
final class Rounds {
    static final int CONNECTIONS = 64;
    static final String SERVER_MEMORY = "server memory after the load, MB";
    static final String PEER_MEMORY = "peer memory after the load, MB";

    private static final List<Integer> SERVER_CONNECTIONS = List.of(16, CONNECTIONS, 256);
    private static final List<Integer> PGBENCH_CLIENTS = List.of(8, 16, 64);

    /** Restoring the contacts, counting them, and waiting until the server is idle. */
    private static final double OVERHEAD_SECONDS = 1.5;

    private final Options options;
    private final Servers servers;
    private final Measurer measurer;
    private final Results results;

    Rounds(Options options, Servers servers, Measurer measurer, Results results) {
        this.options = options;
        this.servers = servers;
        this.measurer = measurer;
        this.results = results;
    }

    /** The loads; those compared with each other are adjacent. */
    static List<Load> loads() {
        var loads = new ArrayList<Load>();
        for (var work : List.of(Work.EXISTING, Work.NEW)) {
            loads.add(new Load(Subject.SERVER, work, CONNECTIONS));
            PGBENCH_CLIENTS.forEach(clients -> loads.add(new Load(Subject.PGBENCH, work, clients)));
            loads.add(new Load(Subject.PEER, work, CONNECTIONS));
            if (work == Work.EXISTING) {
                loads.add(new Load(Subject.CEILING, work, CONNECTIONS));
            }
        }
        for (int connections : SERVER_CONNECTIONS) {
            for (var work : Work.values()) {
                var load = new Load(Subject.SERVER, work, connections);
                if (!loads.contains(load)) {
                    loads.add(load);
                }
            }
        }
        return loads;
    }

    /** Every second round has the reverse order, so that none always comes first. */
    void addTo(Progress progress, List<Load> wanted) {
        for (int i = 1; i <= options.rounds(); i++) {
            int round = i;
            for (var load : round % 2 == 1 ? wanted : wanted.reversed()) {
                progress.add(
                        load + ", round " + round,
                        options.seconds() + OVERHEAD_SECONDS,
                        () -> results.add(measure(load, round)));
            }
        }
        if (!wanted.isEmpty()) {
            progress.add("memory", 0, this::measureMemory);
        }
    }

    private Figures measure(Load load, int round) {
        return load.subject() == Subject.PGBENCH
                ? measurer.measureDatabase(load.work(), load.connections(), options.seconds(), round)
                : measurer.measure(
                        servers.get(load.subject()), load.work(), load.connections(), options.seconds(), round);
    }

    private void measureMemory() {
        servers.find(Subject.SERVER)
                .ifPresent(server -> results.add(SERVER_MEMORY, Memory.residentMegabytes(server.pid())));
        servers.find(Subject.PEER).ifPresent(peer -> results.add(PEER_MEMORY, Memory.residentMegabytes(peer.pid())));
    }
}
