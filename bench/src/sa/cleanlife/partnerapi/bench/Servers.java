package sa.cleanlife.partnerapi.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The servers that are compared: each is started, warmed up, and then kept running. */
final class Servers {
    private final Map<Subject, HttpProcess> running = new EnumMap<>(Subject.class);
    private final Measurer measurer;

    Servers(Measurer measurer) {
        this.measurer = measurer;
    }

    Optional<HttpProcess> find(Subject subject) {
        return Optional.ofNullable(running.get(subject));
    }

    HttpProcess get(Subject subject) {
        return find(subject).orElseThrow();
    }

    /**
     * Java compiles code that runs often, so a server is warmed up before it is measured. The first pass checks every
     * response body.
     */
    void start(HttpProcess server, int passSeconds) {
        running.put(server.subject(), server);
        var pass = measurer.checking();
        for (var work : warmUp(server.subject())) {
            pass.measure(server, work, Rounds.CONNECTIONS, passSeconds, 0);
            pass = measurer;
        }
    }

    /** The requests of each pass of a warm-up. */
    static List<Work> warmUp(Subject subject) {
        return switch (subject) {
            case SERVER -> List.of(Work.EXISTING, Work.NEW, Work.GET, Work.EXISTING);
            case PEER -> List.of(Work.EXISTING, Work.NEW, Work.EXISTING);
            // The ceiling has no database to create contacts in.
            case CEILING -> List.of(Work.EXISTING, Work.EXISTING);
            case PGBENCH -> List.of();
        };
    }

    void stop(Subject subject, Workspace workspace) {
        find(subject).ifPresent(server -> workspace.stop(server.process()));
        running.remove(subject);
    }
}
