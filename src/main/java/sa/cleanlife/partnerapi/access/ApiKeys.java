package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import sa.cleanlife.partnerapi.database.Database;

/** The keys of partners, as an operator issues and revokes them. */
public final class ApiKeys {
    private final AccessStore store;
    private final Partners partners;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final RandomGenerator random;

    /** @param random must be cryptographically secure */
    public ApiKeys(Database database, Clock clock, Supplier<UUID> ids, RandomGenerator random) {
        this.store = new AccessStore(database);
        this.partners = new Partners(database, clock, ids);
        this.clock = clock;
        this.ids = ids;
        this.random = random;
    }

    /** A new key: the only time that it is seen. */
    public record Issued(KeyRecord record, ApiKey key) {}

    public Future<Issued> issue(
            String partner, Set<Permission> permissions, ApiKey.Kind kind, Optional<Duration> validFor) {
        return partners.named(partner).compose(owner -> {
            var key = ApiKey.generate(kind, random);
            var now = clock.instant();
            var issued = new KeyRecord(
                    ids.get(),
                    owner.name(),
                    kind.prefix(),
                    key.lastFour(),
                    permissions,
                    now,
                    validFor.map(now::plus),
                    Optional.empty());
            return store.insertKey(owner, issued, key.hash()).map(new Issued(issued, key));
        });
    }

    public Future<List<KeyRecord>> list(Optional<String> partner) {
        if (partner.isEmpty()) {
            return store.listKeys();
        }
        return partners.named(partner.get())
                .compose(owner -> store.listKeys()
                        .map(keys -> keys.stream()
                                .filter(key -> key.partner().equals(owner.name()))
                                .toList()));
    }

    public Future<KeyRecord> revoke(String id) {
        return store.listKeys().compose(keys -> {
            var known = keys.stream()
                    .filter(key -> key.id().toString().equalsIgnoreCase(id))
                    .findFirst();
            if (known.isEmpty()) {
                throw new AccessChangeException("There is no key with the id %s; %s.".formatted(id, known(keys)));
            }
            var key = known.get();
            return store.revokeKey(key.id(), clock.instant()).compose(revoked -> find(key.id()));
        });
    }

    private Future<KeyRecord> find(UUID id) {
        return store.listKeys()
                .map(keys -> keys.stream()
                        .filter(key -> key.id().equals(id))
                        .findFirst()
                        .orElseThrow());
    }

    private static String known(List<KeyRecord> keys) {
        return keys.isEmpty()
                ? "there is none yet, and \"key issue\" issues one"
                : "there are: " + keys.stream().map(key -> key.id().toString()).collect(Collectors.joining(", "));
    }
}
