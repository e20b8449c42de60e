package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Transaction;
import sa.cleanlife.partnerapi.operator.CommandRefusedException;
import sa.cleanlife.partnerapi.operator.NameRule;
import sa.cleanlife.partnerapi.operator.Operator;

/** The keys of partners, as an operator issues and changes them. Every change leaves its entry in the audit. */
public final class ApiKeys {
    private static final String UUID_FORM = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final Database database;
    private final AccessChange change;
    private final Operator operator;
    private final RandomGenerator random;
    private final PartnerStore partners = new PartnerStore();
    private final KeyStore store = new KeyStore();
    private final AuditStore audit = new AuditStore();

    /** @param random must be cryptographically secure */
    public ApiKeys(Database database, Operator operator, RandomGenerator random) {
        this.database = database;
        this.change = new AccessChange(database);
        this.operator = operator;
        this.random = random;
    }

    /** A new key: the only time that it is seen. */
    public record Issued(KeyRecord record, ApiKey key) {}

    /** A key and the one that takes its place. */
    public record Rotated(KeyRecord old, Issued successor) {}

    public Future<Issued> issue(String partner, KeyLabel label, ApiKey.Kind kind, KeyRules rules, Expiry expiry) {
        return change.run(tx -> {
            var owner = Partners.require(partners, tx, partner);
            var now = operator.now();
            return issue(tx, "key issue", owner, label, kind, rules, now, future(expiry, now));
        });
    }

    private Issued issue(
            Transaction tx,
            String what,
            Partner owner,
            KeyLabel label,
            ApiKey.Kind kind,
            KeyRules rules,
            Instant now,
            Optional<Instant> expiresAt) {
        var key = ApiKey.generate(kind, random);
        var issued = new KeyRecord(
                operator.newId(),
                owner.name(),
                label,
                kind,
                key.lastFour(),
                rules,
                now,
                expiresAt,
                Optional.empty(),
                Optional.empty());
        store.insert(tx, owner, issued, key.hash());
        audit.insert(tx, AuditEntry.added(operator, what, issued));
        return new Issued(issued, key);
    }

    private static Optional<Instant> future(Expiry expiry, Instant now) {
        var end = expiry.from(now);
        if (end.isPresent() && !end.get().isAfter(now)) {
            throw new CommandRefusedException(
                    "A key cannot expire in the past (%s), only later, for example in 90d.".formatted(end.get()));
        }
        if (end.filter(now.plus(LONGEST)::isBefore).isPresent()) {
            throw new CommandRefusedException(
                    "A key expires within %d days, for example in 90d, or never.".formatted(LONGEST.toDays()));
        }
        return end;
    }

    /** All keys, and when each was last used, up to a minute ago. */
    Future<List<KeyJson.Listed>> list() {
        return database.transaction(tx -> withLastUse(tx, store.list(tx)));
    }

    /** Those of a partner. */
    Future<List<KeyJson.Listed>> listOf(String partner) {
        return database.transaction(tx -> withLastUse(tx, store.list(tx, Partners.require(partners, tx, partner))));
    }

    private static List<KeyJson.Listed> withLastUse(Transaction tx, List<KeyRecord> keys) {
        var lastUsedAt =
                KeyUsage.lastUsedAt(tx, keys.stream().map(KeyRecord::id).toList());
        return keys.stream()
                .map(key -> new KeyJson.Listed(key, Optional.ofNullable(lastUsedAt.get(key.id()))))
                .toList();
    }

    /** All of a key, and what it has used up to a minute ago. */
    Future<KeyJson.WithUse> findWithUse(String id, CreatedContacts contacts) {
        return database.transaction(tx -> {
            var key = require(tx, id);
            var now = operator.now();
            return new KeyJson.WithUse(key, KeyUsage.of(tx, key.id(), now), contacts.count(tx, key.id(), now));
        });
    }

    /** Changes a key's label and what it allows. */
    public Future<KeyRecord> update(String id, UnaryOperator<KeyRecord> rule) {
        return change("key update", id, key -> {
            refuseRevoked(key);
            return rule.apply(key);
        });
    }

    /** Changes a key's label and what it allows, and until when. */
    public Future<KeyRecord> update(String id, UnaryOperator<KeyRecord> rule, Expiry expiry) {
        return update(id, key -> expiring(rule.apply(key), future(expiry, operator.now())));
    }

    /** A key that was rotated has been replaced, so it may end earlier, not later. */
    private static KeyRecord expiring(KeyRecord key, Optional<Instant> at) {
        if (key.successor().isPresent()
                && (at.isEmpty() || key.expiresAt().filter(at.get()::isAfter).isPresent())) {
            throw new CommandRefusedException(
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
     * Issues a successor with the same label and rights, valid for as long as lies between the old key's issue and its expiry. The old
     * key is valid until the overlap is over; without any it is revoked.
     */
    public Future<Rotated> rotate(String id, Duration overlap) {
        return change.run(tx -> {
            var old = require(tx, id);
            var now = operator.now();
            refuseToRotate(old, now, overlap);
            var owner = Partners.require(partners, tx, old.partner());
            var lifetime = old.expiresAt().map(end -> Duration.between(old.createdAt(), end));
            var issued =
                    issue(tx, "key rotate", owner, old.label(), old.kind(), old.rules(), now, lifetime.map(now::plus));
            var succeeded = old.succeededBy(issued.record().id());
            var ending = overlap.isZero() ? succeeded.revoked(now) : succeeded.expiring(Optional.of(now.plus(overlap)));
            update(tx, "key rotate", old, ending);
            return new Rotated(ending, issued);
        });
    }

    private static void refuseToRotate(KeyRecord old, Instant now, Duration overlap) {
        refuseRevoked(old);
        if (old.successor().isPresent()) {
            throw new CommandRefusedException("The key %s was rotated before; rotate its successor %s."
                    .formatted(old.id(), old.successor().get()));
        }
        if (old.isOver(now)) {
            throw new CommandRefusedException("The key %s has expired; issue a new one.".formatted(old.id()));
        }
        var left = old.expiresAt().map(end -> Duration.between(now, end));
        if (left.filter(time -> overlap.compareTo(time) > 0).isPresent()) {
            throw new CommandRefusedException(
                    "The overlap would end after the key %s expires (%s); give a shorter one, at most --overlap %dm."
                            .formatted(
                                    old.id(), old.expiresAt().get(), left.get().toMinutes()));
        }
    }

    private static void refuseRevoked(KeyRecord key) {
        if (key.revokedAt().isPresent()) {
            throw new CommandRefusedException("The key %s is revoked for ever; issue a new one.".formatted(key.id()));
        }
    }

    private Future<KeyRecord> change(String what, String id, UnaryOperator<KeyRecord> rule) {
        return change.run(tx -> {
            var before = require(tx, id);
            var after = rule.apply(before);
            update(tx, what, before, after);
            return after;
        });
    }

    private void update(Transaction tx, String what, KeyRecord before, KeyRecord after) {
        if (after.equals(before)) {
            return;
        }
        store.updateLabelAndValidity(tx, after);
        if (!after.rules().equals(before.rules())) {
            store.updateRules(tx, after);
        }
        audit.insert(tx, AuditEntry.changed(operator, what, before, after));
    }

    /** The key with that id; the refusal when there is none names those that there are. */
    private KeyRecord require(Transaction tx, String id) {
        // What was typed may be a key, and a key is repeated nowhere.
        if (!id.matches(UUID_FORM)) {
            throw new CommandRefusedException(
                    "A key's id is wanted, as \"key list\" shows it, for example 3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60; the key itself is not one.");
        }
        return store.find(tx, UUID.fromString(id))
                .orElseThrow(() -> new CommandRefusedException(
                        "There is no key with the id %s; %s.".formatted(id, known(store.list(tx)))));
    }

    private static String known(List<KeyRecord> keys) {
        return keys.isEmpty()
                ? "there is none yet, and \"key issue\" issues one"
                : "there are: "
                        + NameRule.listed(
                                keys.stream().map(key -> key.id().toString()).toList());
    }
}
