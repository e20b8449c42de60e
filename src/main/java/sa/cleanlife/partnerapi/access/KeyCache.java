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
 * The keys that open something, with their rules, held in memory by a node so that a request costs no query for them, and
 * read anew when {@code access_version} has changed. While the database is away they stay as they were last seen. Of keys
 * that open nothing any more the latest are held too, so that their holders can be told why.
 */
public final class KeyCache {
    /** Twice within the second in which a revocation must have reached every node. */
    private static final Duration POLL = Duration.ofMillis(500);

    /** All of them are read again with each change by an operator, on an event loop. */
    private static final int MOST_CLOSED = 2_000;

    /** What was read in one turn; a later turn has seen all that an earlier one has. */
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

    /** Completes when the keys have been read for the first time; from then on they are kept up to date. */
    public Future<Void> watch(Vertx vertx) {
        return refresh().onSuccess(first -> poll(vertx));
    }

    private void poll(Vertx vertx) {
        // A failure is the database's, which is watched elsewhere; the next turn asks again.
        vertx.setTimer(POLL.toMillis(), turn -> refresh().onComplete(done -> poll(vertx)));
    }

    /** Once it completes, all that was committed before it was called is known. */
    Future<Void> refresh() {
        long turn = turns.incrementAndGet();
        return versions.find(database)
                .compose(version -> version.equals(snapshot.version())
                        ? Future.<Void>succeededFuture()
                        // The keys may be newer than the version read before them; the next turn reads them again.
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

    /** A key that opens nothing, and why; empty for one that nobody issued, or that was closed long ago. */
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

    /** How many contacts a key may create in 24 h, where that is limited. */
    public Optional<Integer> newContactsPerDay(UUID key) {
        return Optional.ofNullable(snapshot.keysById().get(key))
                .flatMap(held -> held.rules().newContactsPerDay());
    }

    /**
     * Nothing when some partner's pages may call from there, whoever that is: a browser that asks beforehand sends no key.
     */
    public Optional<ApiException> originRefusal(String origin) {
        return snapshot.origins().refusal(origin);
    }
}
