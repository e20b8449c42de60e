package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import sa.cleanlife.partnerapi.database.Database;

/** The keys of partners, as an operator issues and changes them. Every change leaves its entry in the audit. */
public final class ApiKeys {
    private static final String UUID_FORM = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final AccessStore store;
    private final Operator operator;
    private final RandomGenerator random;

    /** @param random must be cryptographically secure */
    public ApiKeys(Database database, Operator operator, RandomGenerator random) {
        this.store = new AccessStore(database);
        this.operator = operator;
        this.random = random;
    }

    /** A new key: the only time that it is seen. */
    public record Issued(KeyRecord record, ApiKey key) {}

    /** A key and the one that takes its place. */
    public record Rotated(KeyRecord old, Issued successor) {}

    public Future<Issued> issue(String partner, ApiKey.Kind kind, KeyRules rules, Expiry expiry) {
        return store.change(change -> Partners.named(change, partner).compose(owner -> {
            var now = operator.now();
            return issue(change, "key issue", owner, kind, rules, now, future(expiry, now));
        }));
    }

    private Future<Issued> issue(
            AccessStore.Change change,
            String what,
            Partner owner,
            ApiKey.Kind kind,
            KeyRules rules,
            Instant now,
            Optional<Instant> expiresAt) {
        var key = ApiKey.generate(kind, random);
        var issued = new KeyRecord(
                operator.ids().get(),
                owner.name(),
                kind,
                key.lastFour(),
                rules,
                now,
                expiresAt,
                Optional.empty(),
                Optional.empty());
        return change.insertKey(owner, issued, key.hash())
                .compose(inserted -> change.insertAudit(operator.added(what, issued)))
                .map(new Issued(issued, key));
    }

    private static Optional<Instant> future(Expiry expiry, Instant now) {
        var end = expiry.from(now);
        if (end.isPresent() && !end.get().isAfter(now)) {
            throw new AccessChangeException(
                    "A key cannot expire in the past (%s), only later, for example in 90d.".formatted(end.get()));
        }
        if (end.filter(now.plus(LONGEST)::isBefore).isPresent()) {
            throw new AccessChangeException(
                    "A key expires within %d days, for example in 90d, or never.".formatted(LONGEST.toDays()));
        }
        return end;
    }

    public Future<List<KeyRecord>> list(Optional<String> partner) {
        return partner.isEmpty()
                ? store.listKeys()
                : store.listPartners()
                        .map(partners -> Partners.named(partners, partner.get()))
                        .compose(owner -> store.listKeys()
                                .map(keys -> keys.stream()
                                        .filter(key -> key.partner().equals(owner.name()))
                                        .toList()));
    }

    public Future<KeyRecord> find(String id) {
        return store.listKeys().map(keys -> named(keys, id));
    }

    /**
     * Changes what a key allows.
     *
     * @param expiry when given, in place of the one it has
     */
    public Future<KeyRecord> update(String id, UnaryOperator<KeyRules> rules, Optional<Expiry> expiry) {
        return change("key update", id, key -> {
            refuseRevoked(key);
            var updated = key.withRules(rules.apply(key.rules()));
            return expiry.isPresent() ? expiring(updated, future(expiry.get(), operator.now())) : updated;
        });
    }

    /** A key that was rotated has been replaced, so it may end earlier, not later. */
    private static KeyRecord expiring(KeyRecord key, Optional<Instant> at) {
        if (key.successor().isPresent()
                && (at.isEmpty() || key.expiresAt().filter(at.get()::isAfter).isPresent())) {
            throw new AccessChangeException(
                    "The key %s was rotated, so it cannot be valid for longer; use its successor %s."
                            .formatted(key.id(), key.successor().get()));
        }
        return key.expiring(at);
    }

    /** A key that was revoked before keeps the time of that. */
    public Future<KeyRecord> revoke(String id) {
        return change("key revoke", id, key -> key.revoked(operator.now()));
    }

    /**
     * Issues a successor with the same rights, valid for as long as lies between the old key's issue and its expiry. The old
     * key is valid until the overlap is over; without any it is revoked.
     */
    public Future<Rotated> rotate(String id, Duration overlap) {
        return store.change(change -> find(change, id).compose(old -> {
            var now = operator.now();
            refuseToRotate(old, now, overlap);
            var lifetime = old.expiresAt().map(end -> Duration.between(old.createdAt(), end));
            return change.listPartners()
                    .compose(partners -> issue(
                            change,
                            "key rotate",
                            Partners.named(partners, old.partner()),
                            old.kind(),
                            old.rules(),
                            now,
                            lifetime.map(now::plus)))
                    .compose(issued -> {
                        var succeeded = old.succeededBy(issued.record().id());
                        var ending = overlap.isZero()
                                ? succeeded.revoked(now)
                                : succeeded.expiring(Optional.of(now.plus(overlap)));
                        return update(change, "key rotate", old, ending).map(ended -> new Rotated(ended, issued));
                    });
        }));
    }

    private static void refuseToRotate(KeyRecord old, Instant now, Duration overlap) {
        refuseRevoked(old);
        if (old.successor().isPresent()) {
            throw new AccessChangeException("The key %s was rotated before; rotate its successor %s."
                    .formatted(old.id(), old.successor().get()));
        }
        if (old.isOver(now)) {
            throw new AccessChangeException("The key %s has expired; issue a new one.".formatted(old.id()));
        }
        var left = old.expiresAt().map(end -> Duration.between(now, end));
        if (left.filter(time -> overlap.compareTo(time) > 0).isPresent()) {
            throw new AccessChangeException(
                    "The overlap would end after the key %s expires (%s); give a shorter one, at most --overlap %dm."
                            .formatted(
                                    old.id(), old.expiresAt().get(), left.get().toMinutes()));
        }
    }

    private static void refuseRevoked(KeyRecord key) {
        if (key.revokedAt().isPresent()) {
            throw new AccessChangeException("The key %s is revoked for ever; issue a new one.".formatted(key.id()));
        }
    }

    private Future<KeyRecord> change(String what, String id, UnaryOperator<KeyRecord> rule) {
        return store.change(
                change -> find(change, id).compose(before -> update(change, what, before, rule.apply(before))));
    }

    private Future<KeyRecord> update(AccessStore.Change change, String what, KeyRecord before, KeyRecord after) {
        if (after.equals(before)) {
            return Future.succeededFuture(after);
        }
        return change.updateKeyValidity(after)
                .compose(updated -> after.rules().equals(before.rules())
                        ? Future.<Void>succeededFuture()
                        : change.updateKeyRules(after))
                .compose(updated -> change.insertAudit(operator.changed(what, before, after)))
                .map(after);
    }

    private static Future<KeyRecord> find(AccessStore.Change change, String id) {
        return change.listKeys().map(keys -> named(keys, id));
    }

    private static KeyRecord named(List<KeyRecord> keys, String id) {
        // What was typed may be a key, and a key is repeated nowhere.
        if (!id.matches(UUID_FORM)) {
            throw new AccessChangeException(
                    "A key's id is wanted, as \"key list\" shows it, for example 3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60; the key itself is not one.");
        }
        return keys.stream()
                .filter(key -> key.id().toString().equalsIgnoreCase(id))
                .findFirst()
                .orElseThrow(() ->
                        new AccessChangeException("There is no key with the id %s; %s.".formatted(id, known(keys))));
    }

    private static String known(List<KeyRecord> keys) {
        return keys.isEmpty()
                ? "there is none yet, and \"key issue\" issues one"
                : "there are: "
                        + Names.listed(
                                keys.stream().map(key -> key.id().toString()).toList());
    }
}
