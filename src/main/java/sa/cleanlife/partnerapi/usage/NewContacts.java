package sa.cleanlife.partnerapi.usage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.usage.UsageStore.Added;
import sa.cleanlife.partnerapi.usage.UsageStore.Created;

/**
 * How many contacts each key creates, on all nodes together: who walks the phone book creates many, and a customer is
 * created once. One warning is given of a key that creates conspicuously many. One instance serves a node.
 */
public final class NewContacts {
    private static final Logger LOG = LoggerFactory.getLogger(NewContacts.class);

    private static final Duration WRITTEN_EVERY = Duration.ofSeconds(5);
    private static final Duration FORGOTTEN_EVERY = Duration.ofHours(1);

    /** Of a key without a quota. A partner that grows like this is rare enough to be worth a look. */
    private static final int CONSPICUOUS_IN_AN_HOUR = 1_000;

    private static final int CONSPICUOUS_IN_A_DAY = 10_000;

    /** Of a key with a quota, in percent of it: the operator hears of it before the partner does. */
    private static final int CONSPICUOUS_OF_A_QUOTA = 80;

    private final UsageStore store;
    private final Clock clock;
    private final Function<UUID, Optional<Integer>> quotas;
    private final Counter warnings;
    private final Map<UUID, AtomicInteger> unwritten = new ConcurrentHashMap<>();
    private final Map<UUID, Instant> warned = new ConcurrentHashMap<>();

    /** @param quotas how many contacts a key may create in a day; empty where there is no limit */
    public NewContacts(Database database, Clock clock, Function<UUID, Optional<Integer>> quotas, MeterRegistry meters) {
        this.store = new UsageStore(database);
        this.clock = clock;
        this.quotas = quotas;
        this.warnings = Counter.builder("new.contacts.warnings")
                .description("Warnings of keys that created conspicuously many contacts; the log has their ids")
                .register(meters);
    }

    /** How many contacts this key may create in any 24 h, if that is limited. */
    Optional<Integer> quota(UUID key) {
        return quotas.apply(key);
    }

    /** Counts a contact that a key without a quota has created. */
    void count(UUID key) {
        unwritten.computeIfAbsent(key, first -> new AtomicInteger()).incrementAndGet();
    }

    /**
     * How many of the wanted contacts a key may create.
     *
     * @param moreIn after which it may create more than that
     */
    record Grant(int contacts, Duration moreIn) {}

    /**
     * Counts those contacts that keys want to create and may, within their quotas.
     *
     * @param wanted how many contacts each key wants to create, or gives back when negative
     */
    Future<Map<UUID, Grant>> reserve(Map<UUID, Integer> wanted) {
        var now = clock.instant();
        return store.addCreated(
                        wanted.keySet(), now, (key, before) -> Math.min(wanted.getOrDefault(key, 0), left(key, before)))
                .map(all -> {
                    var grants = new HashMap<UUID, Grant>();
                    all.forEach((key, added) -> {
                        note(key, added, now);
                        var moreAt = quota(key)
                                .flatMap(quota -> added.before().fewerAt(quota - added.contacts()))
                                // Only what was just added counts, for as long as its slot does.
                                .orElse(now.plus(UsageStore.DAY).plus(UsageStore.SLOT));
                        grants.put(key, new Grant(added.contacts(), Duration.between(now, moreAt)));
                    });
                    return grants;
                });
    }

    private int left(UUID key, Created before) {
        return quota(key)
                .map(quota -> (int) Math.max(0, quota - before.inDay()))
                .orElse(Integer.MAX_VALUE);
    }

    /** Writes from now on, every few seconds, what keys without a quota have created; and forgets what is long past. */
    public void watch(Vertx vertx) {
        writeSoon(vertx);
        vertx.setPeriodic(FORGOTTEN_EVERY.toMillis(), due -> forget());
    }

    private void writeSoon(Vertx vertx) {
        vertx.setTimer(WRITTEN_EVERY.toMillis(), due -> write().onComplete(written -> writeSoon(vertx)));
    }

    /** What could not be forgotten is the next time. */
    private void forget() {
        store.forgetCreatedBefore(clock.instant().minus(UsageStore.DAY.multipliedBy(2)));
    }

    /** What could not be written is kept for the next time. */
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
        var now = clock.instant();
        return store.addCreated(created.keySet(), now, (key, before) -> created.getOrDefault(key, 0))
                .onSuccess(all -> all.forEach((key, added) -> note(key, added, now)))
                .<Void>mapEmpty()
                .recover(failure -> {
                    if (!(failure instanceof DatabaseUnavailableException)) {
                        LOG.atWarn().setCause(failure).log("new contacts could not be counted yet; they will be");
                    }
                    created.forEach((key, contacts) -> unwritten
                            .computeIfAbsent(key, first -> new AtomicInteger())
                            .addAndGet(contacts));
                    return Future.succeededFuture();
                });
    }

    private void note(UUID key, Added added, Instant now) {
        long inDay = added.before().inDay() + added.contacts();
        long inHour = added.before().inHour() + added.contacts();
        boolean conspicuous = quota(key)
                .map(quota -> inDay * 100 >= (long) quota * CONSPICUOUS_OF_A_QUOTA)
                .orElse(inHour >= CONSPICUOUS_IN_AN_HOUR || inDay >= CONSPICUOUS_IN_A_DAY);
        var dayAgo = now.minus(UsageStore.DAY);
        if (!conspicuous || warned.getOrDefault(key, Instant.MIN).isAfter(dayAgo)) {
            return;
        }
        warned.put(key, now);
        store.claimWarning(key, dayAgo, now)
                .onFailure(failure -> warned.remove(key))
                .onSuccess(isFirst -> {
                    if (isFirst) {
                        warnings.increment();
                        LOG.atWarn()
                                .addKeyValue("keyId", key)
                                .addKeyValue("newContactsInHour", inHour)
                                .addKeyValue("newContactsInDay", inDay)
                                .log("a key creates conspicuously many contacts");
                    }
                });
    }
}
