package sa.cleanlife.partnerapi.database;

import java.util.EnumMap;
import java.util.Map;

/** Counts the injected faults by kind: a simulation that injects none proves nothing. */
public final class InjectedFaults {
    private final Map<InjectedFault, Long> counts = new EnumMap<>(InjectedFault.class);

    public void count(InjectedFault fault) {
        counts.merge(fault, 1L, Long::sum);
    }

    public void add(InjectedFaults others) {
        others.counts.forEach((fault, count) -> counts.merge(fault, count, Long::sum));
    }

    public long of(InjectedFault fault) {
        return counts.getOrDefault(fault, 0L);
    }
}
