package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.database.Transaction;

/**
 * Counts the requests of each key, and when it was last used. Requests are counted in memory, and the counts written
 * once a minute, so a node that is killed loses up to a minute of them. One instance serves a node.
 */
public final class KeyUsage {
    private static final Logger LOG = LoggerFactory.getLogger(KeyUsage.class);

    private static final Duration WRITTEN_EVERY = Duration.ofMinutes(1);
    private static final ZoneId RIYADH = ZoneId.of("Asia/Riyadh");

    private final Database database;
    private final KeyUsageStore store = new KeyUsageStore();
    private final Clock clock;
    private final Map<UUID, Tally> tallies = new ConcurrentHashMap<>();

    private static final class Tally {
        private final LongAdder calls = new LongAdder();
        private volatile long lastUsedMillis;
    }

    public KeyUsage(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * The usage of a key, up to a minute old.
     *
     * @param callsToday requests since midnight in Riyadh
     */
    record Used(Optional<Instant> lastUsedAt, long callsToday) {}

    /** The usage that all nodes have written, without counts that are still in a node's memory. */
    static Used of(Transaction tx, UUID key, Instant now) {
        var lastUsedAt = Optional.ofNullable(lastUsedAt(tx, List.of(key)).get(key));
        return new Used(lastUsedAt, new KeyUsageStore().callsOn(tx, key, LocalDate.ofInstant(now, RIYADH)));
    }

    /** When each of the keys was last used, up to a minute ago; without those that never were. */
    static Map<UUID, Instant> lastUsedAt(Transaction tx, List<UUID> keys) {
        return new KeyUsageStore().lastUsedAt(tx, keys);
    }

    public void count(UUID key) {
        var tally = tallies.computeIfAbsent(key, first -> new Tally());
        tally.lastUsedMillis = clock.millis();
        tally.calls.increment();
    }

    /** Starts to write the counts once a minute. */
    public void watch(Vertx vertx) {
        vertx.setTimer(WRITTEN_EVERY.toMillis(), due -> write().onComplete(written -> watch(vertx)));
    }

    /** Writes the counts. If that fails, they are kept for the next write. */
    public Future<Void> write() {
        var used = new ArrayList<KeyUsageStore.Calls>();
        tallies.forEach((key, tally) -> {
            long calls = tally.calls.sumThenReset();
            if (calls > 0) {
                var last = Instant.ofEpochMilli(tally.lastUsedMillis);
                used.add(new KeyUsageStore.Calls(key, LocalDate.ofInstant(last, RIYADH), calls, last));
            }
        });
        if (used.isEmpty()) {
            return Future.succeededFuture();
        }
        return add(used).recover(failure -> {
            if (!(failure instanceof DatabaseUnavailableException)) {
                LOG.atWarn()
                        .setCause(failure)
                        .log("key usage was not written; it will be written with the next minute's");
            }
            used.forEach(calls -> tallies.computeIfAbsent(calls.key(), first -> new Tally())
                    .calls
                    .add(calls.calls()));
            return Future.succeededFuture();
        });
    }

    /**
     * Adds the counts without a retry: if the response of the database is lost, the requests of a minute may be counted
     * twice, or not at all.
     */
    private Future<Void> add(List<KeyUsageStore.Calls> used) {
        return database.inTransaction(tx -> store.add(tx, used));
    }
}
