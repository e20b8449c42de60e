package sa.cleanlife.partnerapi.contacts;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.access.CreatedContacts;
import sa.cleanlife.partnerapi.contacts.NewContactQuota.Grant;
import sa.cleanlife.partnerapi.contacts.NewContactStore.Reserved;
import sa.cleanlife.partnerapi.contacts.NewContactStore.Wanted;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.database.Transaction;

/**
 * Counts the contacts that each key creates, over all nodes, to detect phone-number enumeration: trying out numbers
 * creates many contacts, while a customer is created once. A key that creates conspicuously many is reported, once a
 * day at most. One instance serves a node.
 */
public final class NewContacts implements NewContactQuota.Counts {
    private static final Logger LOG = LoggerFactory.getLogger(NewContacts.class);

    private static final Duration WRITTEN_EVERY = Duration.ofSeconds(5);

    /** The threshold of a key without a quota. A partner that grows this fast is rare enough to be worth a look. */
    private static final int CONSPICUOUS_IN_AN_HOUR = 1_000;

    private static final int CONSPICUOUS_IN_A_DAY = 10_000;

    /** The threshold of a key with a quota, in percent of it, so that the operator knows before the partner does. */
    private static final int CONSPICUOUS_OF_A_QUOTA = 80;

    private final Database database;
    private final NewContactStore store = new NewContactStore();
    private final Clock clock;
    private final Function<UUID, Optional<Integer>> quotas;
    private final Counter warnings;
    private final Map<UUID, AtomicInteger> unwritten = new ConcurrentHashMap<>();
    private final Map<UUID, Instant> warned = new ConcurrentHashMap<>();

    /** @param quotas the number of contacts that a key may create in a day; empty if there is no limit */
    public NewContacts(Database database, Clock clock, Function<UUID, Optional<Integer>> quotas, MeterRegistry meters) {
        this.database = database;
        this.clock = clock;
        this.quotas = quotas;
        this.warnings = Counter.builder("new.contacts.warnings")
                .description("Warnings about keys that created conspicuously many contacts; the log has their ids")
                .register(meters);
    }

    /** The counts that "key show" prints. */
    public static CreatedContacts.Count createdBy(Transaction tx, UUID key, Instant now) {
        var created = new NewContactStore().created(tx, key, now);
        return new CreatedContacts.Count(created.inHour(), created.inDay());
    }

    @Override
    public boolean isLimited(UUID key) {
        return quotas.apply(key).isPresent();
    }

    @Override
    public void count(UUID key) {
        unwritten.computeIfAbsent(key, first -> new AtomicInteger()).incrementAndGet();
    }

    @Override
    public Future<Map<UUID, Grant>> reserve(Map<UUID, Integer> wanted) {
        var now = clock.instant();
        return add(wanted, this::quota, now).map(all -> {
            var grants = new HashMap<UUID, Grant>();
            all.forEach((key, reserved) -> {
                var moreAt = reserved.created().fewerAt(quota(key)).orElse(now);
                grants.put(key, new Grant(reserved.contacts(), Duration.between(now, moreAt)));
            });
            return grants;
        });
    }

    @Override
    public Future<Void> release(Map<UUID, Integer> unused) {
        return database.inTransaction(tx -> store.release(tx, unused));
    }

    /** The quota of a key; if it was removed meanwhile, there is no limit. */
    private int quota(UUID key) {
        return quotas.apply(key).orElse(Integer.MAX_VALUE);
    }

    private Future<Map<UUID, Reserved>> add(Map<UUID, Integer> contacts, ToIntFunction<UUID> quota, Instant now) {
        var wanted = new ArrayList<Wanted>();
        contacts.forEach((key, number) -> wanted.add(new Wanted(key, number, quota.applyAsInt(key))));
        return database.transaction(tx -> store.reserve(tx, wanted, now))
                .onSuccess(all -> all.forEach((key, reserved) -> warnIfConspicuous(key, reserved.created(), now)));
    }

    /** Starts to write the counts of keys without a quota, every few seconds. */
    public void watch() {
        database.scheduler().after(WRITTEN_EVERY).onComplete(due -> write().onComplete(written -> watch()));
    }

    /** Writes the counts. If that fails, they are kept for the next write. */
    public Future<Void> write() {
        var created = new HashMap<UUID, Integer>();
        unwritten.forEach((key, contacts) -> {
            int taken = contacts.getAndSet(0);
            if (taken > 0) {
                created.put(key, taken);
            }
        });
        if (created.isEmpty()) {
            return Future.succeededFuture();
        }
        return add(created, key -> Integer.MAX_VALUE, clock.instant())
                .<Void>mapEmpty()
                .recover(failure -> {
                    if (!(failure instanceof DatabaseUnavailableException)) {
                        LOG.atWarn()
                                .setCause(failure)
                                .log("counts of new contacts were not written; they will be written in a few seconds");
                    }
                    created.forEach((key, contacts) -> unwritten
                            .computeIfAbsent(key, first -> new AtomicInteger())
                            .addAndGet(contacts));
                    return Future.succeededFuture();
                });
    }

    private void warnIfConspicuous(UUID key, NewContactStore.Created created, Instant now) {
        boolean conspicuous = quotas.apply(key)
                .map(quota -> created.inDay() * 100 >= (long) quota * CONSPICUOUS_OF_A_QUOTA)
                .orElse(created.inHour() >= CONSPICUOUS_IN_AN_HOUR || created.inDay() >= CONSPICUOUS_IN_A_DAY);
        var dayAgo = now.minus(NewContactStore.DAY);
        if (!conspicuous || warned.getOrDefault(key, Instant.MIN).isAfter(dayAgo)) {
            return;
        }
        warned.put(key, now);
        store.claimWarning(database, key, dayAgo, now)
                .onFailure(failure -> warned.remove(key))
                .onSuccess(isFirst -> {
                    if (isFirst) {
                        warnings.increment();
                        LOG.atWarn()
                                .addKeyValue("keyId", key)
                                .addKeyValue("newContactsInHour", created.inHour())
                                .addKeyValue("newContactsInDay", created.inDay())
                                .log("possible phone-number enumeration: key creates conspicuously many contacts");
                    }
                });
    }
}
