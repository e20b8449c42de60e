package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.http.ApiException;

/**
 * The active keys with their rules, cached in a node's memory so that a request costs no query for them, and reloaded
 * when {@code access_version} has changed. While the database is not available, the cache keeps its last state. The
 * latest closed keys are cached too, so that their holders can be told the cause.
 */
public final class KeyCache {
    /** A revocation must reach every node within a second, so the version is polled twice in that time. */
    private static final Duration POLL = Duration.ofMillis(500);

    /** The limit of cached closed keys: all of them are reloaded on an event loop after each change by an operator. */
    private static final int MOST_CLOSED = 2_000;

    /** The result of one refresh. A later turn has seen everything that an earlier one has. */
    private record Snapshot(
            long turn,
            UUID version,
            Map<ApiKeyHash, ActiveKey> keys,
            Map<UUID, ActiveKey> keysById,
            Map<ApiKeyHash, ClosedKey> closed,
            RegisteredOrigins origins) {
        static final Snapshot EMPTY = of(0, new UUID(0, 0), Map.of(), Map.of());

        static Snapshot of(
                long turn, UUID version, Map<ApiKeyHash, ActiveKey> keys, Map<ApiKeyHash, ClosedKey> closed) {
            var keysById = new HashMap<UUID, ActiveKey>();
            keys.values().forEach(key -> keysById.put(key.caller().keyId(), key));
            return new Snapshot(
                    turn,
                    version,
                    keys,
                    Map.copyOf(keysById),
                    closed,
                    RegisteredOrigins.union(
                            keys.values().stream().map(ActiveKey::origins).toList()));
        }
    }

    private final Database database;
    private final AccessVersionStore versions = new AccessVersionStore();
    private final KeyStore store = new KeyStore();
    private final Clock clock;
    private final AtomicLong turns = new AtomicLong();
    private volatile Snapshot snapshot = Snapshot.EMPTY;

    public KeyCache(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Loads the keys, and completes when that is done; from then on they are kept up to date. */
    public Future<Void> watch(Vertx vertx) {
        return refresh().onSuccess(first -> poll(vertx));
    }

    private void poll(Vertx vertx) {
        // A failure is reported by the database's own check; the next turn tries again.
        vertx.setTimer(POLL.toMillis(), turn -> refresh().onComplete(done -> poll(vertx)));
    }

    /**
     * Reloads the keys if the version has changed. On completion, the cache has every change that was committed before
     * the call.
     */
    Future<Void> refresh() {
        long turn = turns.incrementAndGet();
        return versions.find(database)
                .compose(version -> version.equals(snapshot.version())
                        ? Future.<Void>succeededFuture()
                        // The keys may be newer than the version read before them; then the next turn reloads them.
                        : store.listHeld(database)
                                .compose(held -> store.listClosed(database, MOST_CLOSED)
                                        .onSuccess(closed -> replace(Snapshot.of(turn, version, held, closed)))
                                        .mapEmpty()));
    }

    private synchronized void replace(Snapshot newer) {
        if (newer.turn() > snapshot.turn()) {
            snapshot = newer;
        }
    }

    Optional<ActiveKey> find(ApiKeyHash hash) {
        return unexpired(snapshot.keys().get(hash));
    }

    /** A closed key with its cause; empty for a key that was never issued, or that was closed long ago. */
    Optional<ClosedKey> findClosed(ApiKeyHash hash) {
        var known = snapshot;
        return Optional.ofNullable(known.keys().get(hash))
                .filter(key -> unexpired(key).isEmpty())
                .map(expired -> new ClosedKey(expired.caller(), ClosedKey.Cause.EXPIRED))
                .or(() -> Optional.ofNullable(known.closed().get(hash)));
    }

    Optional<ActiveKey> find(UUID id) {
        return unexpired(snapshot.keysById().get(id));
    }

    private Optional<ActiveKey> unexpired(@Nullable ActiveKey held) {
        return Optional.ofNullable(held)
                .filter(key -> key.expiresAt()
                        .filter(end -> !clock.instant().isBefore(end))
                        .isEmpty());
    }

    /** The number of contacts that a key may create in 24 h; empty if it has no such quota. */
    public Optional<Integer> newContactsPerDay(UUID key) {
        return Optional.ofNullable(snapshot.keysById().get(key))
                .flatMap(held -> held.rules().newContactsPerDay());
    }

    /**
     * The rejection of an origin; empty if any partner's web pages may send requests from there. The partner is
     * unknown, since a CORS preflight has no key.
     */
    public Optional<ApiException> originRefusal(String origin) {
        return snapshot.origins().refusal(origin);
    }
}
