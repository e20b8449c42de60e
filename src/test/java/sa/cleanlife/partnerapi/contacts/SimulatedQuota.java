package sa.cleanlife.partnerapi.contacts;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import sa.cleanlife.partnerapi.contacts.NewContactQuota.Grant;
import sa.cleanlife.partnerapi.database.RetryPolicy;
import sa.cleanlife.partnerapi.database.SimulatedDatabase;
import sa.cleanlife.partnerapi.database.VirtualLoop;

/** Quotas of new contacts in a simulated database. */
final class SimulatedQuota {
    private static final Duration A_DAY = Duration.ofDays(1);

    private final Map<UUID, Integer> quotas;
    private final Map<UUID, Integer> reserved = new HashMap<>();

    /** @param quotas the quota of each key that has one */
    SimulatedQuota(Map<UUID, Integer> quotas) {
        this.quotas = quotas;
    }

    /** The quotas as seen by one event loop. */
    NewContactQuota ofLoop(VirtualLoop loop, SimulatedDatabase database, MeterRegistry meters) {
        var retryPolicy = new RetryPolicy(loop);
        return new NewContactQuota(
                loop,
                new NewContactQuota.Counts() {
                    @Override
                    public boolean isLimited(UUID key) {
                        return quotas.containsKey(key);
                    }

                    @Override
                    public Future<Map<UUID, Grant>> reserve(Map<UUID, Integer> wanted) {
                        return retryPolicy.once(database.send(
                                loop, () -> "reserve " + wanted, () -> SimulatedQuota.this.reserve(wanted)));
                    }

                    @Override
                    public Future<Void> release(Map<UUID, Integer> unused) {
                        return retryPolicy.once(database.send(
                                        loop, () -> "release " + unused, () -> SimulatedQuota.this.release(unused))
                                .mapEmpty());
                    }

                    @Override
                    public void count(UUID key) {
                        // No simulated promise depends on this count.
                    }
                },
                meters);
    }

    private Map<UUID, Grant> reserve(Map<UUID, Integer> wanted) {
        var grants = new HashMap<UUID, Grant>();
        wanted.forEach((key, contacts) -> {
            int before = reserved.getOrDefault(key, 0);
            int granted = Math.min(contacts, quotas.getOrDefault(key, 0) - before);
            reserved.put(key, before + granted);
            grants.put(key, new Grant(granted, A_DAY));
        });
        return grants;
    }

    private Map<UUID, Integer> release(Map<UUID, Integer> unused) {
        unused.forEach((key, contacts) -> reserved.merge(key, -contacts, Integer::sum));
        return unused;
    }
}
