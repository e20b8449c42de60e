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

/** Issues and changes the keys of partners for an operator. Every change adds an entry to the audit. */
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

    /** A new key with its secret, which is shown only once. */
    public record Issued(KeyRecord record, ApiKey key) {}

    /** A rotated key and its successor. */
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
                    "A key cannot expire in the past (%s); give a later time, for example 90d.".formatted(end.get()));
        }
        if (end.filter(now.plus(LONGEST)::isBefore).isPresent()) {
            throw new CommandRefusedException(
                    "A key must expire within %d days, for example 90d, or never.".formatted(LONGEST.toDays()));
        }
        return end;
    }

    /** All keys, with the last use of each, which is up to a minute old. */
    Future<List<KeyJson.Listed>> list() {
        return database.transaction(tx -> withLastUse(tx, store.list(tx)));
    }

    /** The keys of a partner, likewise. */
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

    /** A key with its usage, which is up to a minute old. */
    Future<KeyJson.WithUse> findWithUse(String id, CreatedContacts contacts) {
        return database.transaction(tx -> {
            var key = require(tx, id);
            var now = operator.now();
            return new KeyJson.WithUse(key, KeyUsage.of(tx, key.id(), now), contacts.count(tx, key.id(), now));
        });
    }

    /** Changes the label and the rules of a key. */
    public Future<KeyRecord> update(String id, UnaryOperator<KeyRecord> rule) {
        return change("key update", id, key -> {
            refuseRevoked(key);
            return rule.apply(key);
        });
    }

    /** Changes the label, the rules and the expiry of a key. */
    public Future<KeyRecord> update(String id, UnaryOperator<KeyRecord> rule, Expiry expiry) {
        return update(id, key -> expiring(rule.apply(key), future(expiry, operator.now())));
    }

    /** A rotated key has a successor, so it may expire earlier, but not later. */
    private static KeyRecord expiring(KeyRecord key, Optional<Instant> at) {
        if (key.successor().isPresent()
                && (at.isEmpty() || key.expiresAt().filter(at.get()::isAfter).isPresent())) {
            throw new CommandRefusedException(
                    "The key %s was rotated, so it cannot be valid for longer; use its successor %s."
                            .formatted(key.id(), key.successor().get()));
        }
        return key.expiring(at);
    }

    /** Revokes a key. If it was revoked before, it keeps the time of that. */
    public Future<KeyRecord> revoke(String id) {
        return change("key revoke", id, key -> key.revoked(operator.now()));
    }

    /**
     * Issues a successor with the same label and rules, and with the same time between issue and expiry. The old key is
     * valid until the overlap ends; without an overlap it is revoked.
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

    /** The key with this id. If there is none, the refusal lists the ids of the existing keys. */
    private KeyRecord require(Transaction tx, String id) {
        // The text may be a key, and a key must never be printed, so the sentence does not repeat it.
        if (!id.matches(UUID_FORM)) {
            throw new CommandRefusedException(
                    "The id must be a key's id, as \"key list\" shows it, for example 3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60, and not the key itself.");
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
