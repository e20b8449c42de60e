package sa.cleanlife.partnerapi.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The servers that are compared: each is started, warmed up, and then stays. */
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

    /** Java compiles what runs often: what is measured must have run often. The first pass looks at every body. */
    void start(HttpProcess server, int passSeconds) {
        running.put(server.subject(), server);
        var pass = measurer.checking();
        for (var work : warmUp(server.subject())) {
            pass.measure(server, work, Rounds.CONNECTIONS, passSeconds, 0);
            pass = measurer;
        }
    }

    /** What each pass of a warm-up asks for. */
    static List<Work> warmUp(Subject subject) {
        return switch (subject) {
            case SERVER -> List.of(Work.EXISTING, Work.NEW, Work.GET, Work.EXISTING);
            case PEER -> List.of(Work.EXISTING, Work.NEW, Work.EXISTING);
            // It has no database to create contacts in.
            case CEILING -> List.of(Work.EXISTING, Work.EXISTING);
            case PGBENCH -> List.of();
        };
    }

    void stop(Subject subject, Workspace workspace) {
        find(subject).ifPresent(server -> workspace.stop(server.process()));
        running.remove(subject);
    }
}
