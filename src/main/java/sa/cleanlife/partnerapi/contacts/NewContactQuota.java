package sa.cleanlife.partnerapi.contacts;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Batcher;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.database.Scheduler;
import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.json.Sentence;

/**
 * Enforces the daily quota of new contacts of each key. A unit of quota is reserved before a contact is created, so
 * that no race creates too many, and is released if another request has created the contact meanwhile. One instance
 * serves one event loop.
 */
public final class NewContactQuota {
    private static final Sentence SENTENCE = new Sentence(
            "This API key has used up its 24-hour quota of new contacts; existing contacts are still found.",
            "أنشأ مفتاح API هذا كل ما يُسمح له به من جهات الاتصال الجديدة خلال 24 ساعة؛ وما زال يمكن العثور على جهات الاتصال الموجودة.");

    /** The time for the event loop or node with the last reservation to create its contact. */
    private static final Duration CREATED_MEANWHILE = Duration.ofMillis(100);

    private static final Duration AFTER_OVERLOAD = Duration.ofMillis(250);

    /** The counts of new contacts by key, over all nodes. */
    interface Counts {
        boolean isLimited(UUID key);

        /** Reserves the contacts that each key wants to create, as far as its quota allows. */
        Future<Map<UUID, Grant>> reserve(Map<UUID, Integer> wanted);

        /** Releases the reservations of contacts that were not created. */
        Future<Void> release(Map<UUID, Integer> unused);

        /** Counts a contact that a key without a quota has created. */
        void count(UUID key);
    }

    /**
     * The number of the wanted contacts that a key may create.
     *
     * @param moreIn the time until the key may create more
     */
    record Grant(int contacts, Duration moreIn) {}

    private final Scheduler scheduler;
    private final Counts counts;
    private final Batcher<UUID, Optional<Duration>> reservations;
    private final Batcher<UUID, Boolean> releases;

    public NewContactQuota(Scheduler scheduler, NewContacts contacts, MeterRegistry meters) {
        this(scheduler, (Counts) contacts, meters);
    }

    NewContactQuota(Scheduler scheduler, Counts counts, MeterRegistry meters) {
        this.scheduler = scheduler;
        this.counts = counts;
        this.reservations = new Batcher<>("reserve new contacts", scheduler, this::reserve, meters);
        this.releases = new Batcher<>("release new contacts", scheduler, this::release, meters);
    }

    boolean limits(UUID key) {
        return counts.isLimited(key);
    }

    /**
     * Reserves a unit of quota, or fails with the rejection if the quota is used up. It fails after a delay, in which
     * another request for the same phone may create the contact, so that looking it up again is worthwhile.
     */
    Future<Void> reserve(UUID key) {
        return reservations
                .submit(key)
                .compose(moreIn -> moreIn.isEmpty()
                        ? Future.succeededFuture()
                        : scheduler
                                .after(CREATED_MEANWHILE)
                                .compose(waited -> Future.failedFuture(refusal(moreIn.get()))));
    }

    private static ApiException refusal(Duration moreIn) {
        return ErrorCode.RATE_LIMIT_EXCEEDED
                .error(SENTENCE)
                .retryAfter(Math.max(1, moreIn.toSeconds() + 1))
                .because("quota of new contacts");
    }

    /** Releases a unit of quota with which no contact was created. Under overload it tries again later. */
    void release(UUID key) {
        releases.submit(key).onFailure(failure -> {
            if (failure instanceof DatabaseUnavailableException unavailable && unavailable.isOverloaded()) {
                scheduler.after(AFTER_OVERLOAD).onSuccess(waited -> release(key));
            }
        });
    }

    /** Counts a contact that a key without a quota has created. */
    void count(UUID key) {
        counts.count(key);
    }

    /** One result per request: empty if a unit of quota was reserved, otherwise the time until one is available. */
    private Future<List<Optional<Duration>>> reserve(List<UUID> keys) {
        return counts.reserve(byKey(keys)).map(grants -> {
            var used = new HashMap<UUID, Integer>();
            var results = new ArrayList<Optional<Duration>>(keys.size());
            for (var key : keys) {
                var grant = grants.getOrDefault(key, new Grant(0, Duration.ZERO));
                boolean isWithin = used.merge(key, 1, Integer::sum) <= grant.contacts();
                results.add(isWithin ? Optional.empty() : Optional.of(grant.moreIn()));
            }
            return results;
        });
    }

    private Future<List<Boolean>> release(List<UUID> keys) {
        return counts.release(byKey(keys)).map(given -> Collections.nCopies(keys.size(), true));
    }

    private static Map<UUID, Integer> byKey(List<UUID> keys) {
        var contacts = new HashMap<UUID, Integer>();
        keys.forEach(key -> contacts.merge(key, 1, Integer::sum));
        return contacts;
    }
}
