package sa.cleanlife.partnerapi.usage;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import sa.cleanlife.partnerapi.database.Time;
import sa.cleanlife.partnerapi.usage.NewContacts.Grant;

/** Places for new contacts, as a simulated database keeps them. */
public final class SimulatedQuota {
    private static final Duration A_DAY = Duration.ofDays(1);

    private final Map<UUID, Integer> quotas;
    private final Map<UUID, Integer> taken = new HashMap<>();

    /** @param quotas of the keys that have one */
    public SimulatedQuota(Map<UUID, Integer> quotas) {
        this.quotas = quotas;
    }

    /**
     * The quotas as one event loop keeps them.
     *
     * @param change asks the database for {@link #change}
     */
    public NewContactQuota ofLoop(
            Time time, Function<Map<UUID, Integer>, Future<Map<UUID, Integer>>> change, MeterRegistry meters) {
        return new NewContactQuota(
                time,
                quotas::containsKey,
                key -> {},
                wanted -> change.apply(wanted).map(SimulatedQuota::grants),
                meters);
    }

    private static Map<UUID, Grant> grants(Map<UUID, Integer> changed) {
        var grants = new HashMap<UUID, Grant>();
        changed.forEach((key, places) -> grants.put(key, new Grant(places, A_DAY)));
        return grants;
    }

    /** Takes as many places as are wanted and left, or gives them back where it is fewer than none. */
    public Map<UUID, Integer> change(Map<UUID, Integer> wanted) {
        var changed = new HashMap<UUID, Integer>();
        wanted.forEach((key, places) -> {
            int before = taken.getOrDefault(key, 0);
            int granted = Math.min(places, Math.max(0, quotas.getOrDefault(key, 0) - before));
            taken.put(key, before + granted);
            changed.put(key, granted);
        });
        return changed;
    }
}
