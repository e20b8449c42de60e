package sa.cleanlife.partnerapi.access.ratelimit;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import sa.cleanlife.partnerapi.database.Database;

/**
 * Limits the requests of each key in any 60 s, over all nodes. The database stores the windows. A node takes a lease of
 * a key's limit at a time and admits requests from it, so most requests cost no query. One instance serves a node.
 */
public final class RateLimits {
    public static final Duration WINDOW = Duration.ofSeconds(60);

    private final RateWindowStore store;
    private final Map<UUID, RateWindow> windows = new ConcurrentHashMap<>();

    public RateLimits(Database database) {
        this.store = new RateWindowStore(database);
    }

    /**
     * Whether a request is within its limit.
     *
     * @param remaining requests left, as far as this node knows
     * @param secondsUntilMore time until more requests are possible than now; at least 1
     */
    public record Verdict(boolean isWithin, int remaining, long secondsUntilMore) {}

    /** Counts a request if it is within the limit. The future may complete on another thread than the caller's. */
    public Future<Verdict> count(UUID key, int limit) {
        return windows.computeIfAbsent(
                        key,
                        id -> new RateWindow(
                                wanted -> store.take(id, wanted.limit(), wanted.calls(), wanted.last(), WINDOW)))
                .count(limit);
    }
}
