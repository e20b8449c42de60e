package sa.cleanlife.partnerapi.usage;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import sa.cleanlife.partnerapi.database.Batcher;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.database.Time;
import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.json.Sentence;
import sa.cleanlife.partnerapi.usage.NewContacts.Grant;

/**
 * Keeps keys to the number of contacts that they may create in a day. A place in the quota is taken before a contact is
 * created, so that no race creates too many, and given back when somebody else has created it meanwhile. One instance
 * serves one event loop.
 */
public final class NewContactQuota {
    private static final Sentence SENTENCE = new Sentence(
            "This API key has created as many new contacts as it may in 24 hours; contacts that exist are still found.",
            "أنشأ مفتاح API هذا كل ما يُسمح له به من جهات الاتصال الجديدة خلال 24 ساعة؛ وما زال يمكن العثور على جهات الاتصال الموجودة.");

    /** In which another event loop or node that has the last place creates the contact that it took it for. */
    private static final Duration CREATED_MEANWHILE = Duration.ofMillis(100);

    private static final Duration AFTER_THE_RUSH = Duration.ofMillis(250);

    private final Time time;
    private final Predicate<UUID> limited;
    private final Consumer<UUID> count;
    private final Function<Map<UUID, Integer>, Future<Map<UUID, Grant>>> reserve;
    private final Batcher<UUID, Optional<Duration>> places;
    private final Batcher<UUID, Optional<Duration>> returns;

    public NewContactQuota(Time time, NewContacts contacts, MeterRegistry meters) {
        this(time, key -> contacts.quota(key).isPresent(), contacts::count, contacts::reserve, meters);
    }

    /** @param reserve as {@link NewContacts#reserve} does */
    NewContactQuota(
            Time time,
            Predicate<UUID> limited,
            Consumer<UUID> count,
            Function<Map<UUID, Integer>, Future<Map<UUID, Grant>>> reserve,
            MeterRegistry meters) {
        this.time = time;
        this.limited = limited;
        this.count = count;
        this.reserve = reserve;
        this.places = new Batcher<>("reserve new contacts", time, keys -> reserve(keys, 1), meters);
        this.returns = new Batcher<>("give back new contacts", time, keys -> reserve(keys, -1), meters);
    }

    public boolean limits(UUID key) {
        return limited.test(key);
    }

    /** Fails with the refusal when the quota is used up; not at once, so that it is worth looking again whether it is needed. */
    public Future<Void> take(UUID key) {
        return places.submit(key)
                .compose(moreIn -> moreIn.isEmpty()
                        ? Future.succeededFuture()
                        : time.after(CREATED_MEANWHILE).compose(waited -> Future.failedFuture(refusal(moreIn.get()))));
    }

    private static ApiException refusal(Duration moreIn) {
        return ErrorCode.RATE_LIMIT_EXCEEDED
                .error(SENTENCE)
                .retryAfter(Math.max(1, moreIn.toSeconds() + 1))
                .because("quota of new contacts");
    }

    /** After {@link #take}, when no contact was created. In a rush it waits until the database can be asked. */
    public void giveBack(UUID key) {
        returns.submit(key).onFailure(failure -> {
            if (failure instanceof DatabaseUnavailableException unavailable && unavailable.isOverloaded()) {
                time.after(AFTER_THE_RUSH).onSuccess(waited -> giveBack(key));
            }
        });
    }

    /** Counts a contact that a key without a quota has created. */
    public void count(UUID key) {
        count.accept(key);
    }

    /** For each that asks nothing when it has its place, otherwise the time until there will be one. */
    private Future<List<Optional<Duration>>> reserve(List<UUID> keys, int each) {
        var wanted = new HashMap<UUID, Integer>();
        keys.forEach(key -> wanted.merge(key, each, Integer::sum));
        return reserve.apply(wanted).map(grants -> {
            var left = new HashMap<UUID, Integer>();
            var answers = new ArrayList<Optional<Duration>>(keys.size());
            for (var key : keys) {
                var grant = grants.getOrDefault(key, new Grant(0, Duration.ZERO));
                boolean isWithin = left.merge(key, 1, Integer::sum) <= grant.contacts();
                answers.add(isWithin ? Optional.empty() : Optional.of(grant.moreIn()));
            }
            return answers;
        });
    }
}
