package sa.cleanlife.partnerapi.cli;

import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import sa.cleanlife.partnerapi.EventLoops;
import sa.cleanlife.partnerapi.Settings;
import sa.cleanlife.partnerapi.Storage;
import sa.cleanlife.partnerapi.access.ApiKeys;
import sa.cleanlife.partnerapi.access.Audit;
import sa.cleanlife.partnerapi.access.KeyRecord;
import sa.cleanlife.partnerapi.access.Operator;
import sa.cleanlife.partnerapi.access.Partners;
import sa.cleanlife.partnerapi.usage.KeyUsage;
import sa.cleanlife.partnerapi.usage.KeyUsage.Used;

/** Lets a command change partners and keys in the database that the settings name, whether the server runs or not. */
final class Administration {
    private static final String NOBODY = "nobody";

    private final Settings settings;
    private final Clock clock;

    Administration(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** @param as who makes the change, for the audit */
    <T> T withPartners(String as, Function<Partners, Future<T>> work) {
        var operator = operator(as);
        return withStorage(storage -> work.apply(new Partners(storage.database(), operator)));
    }

    /** Only to read. */
    <T> T withPartners(Function<Partners, Future<T>> work) {
        return withPartners(NOBODY, work);
    }

    /** @param as who makes the change, for the audit */
    <T> T withKeys(String as, Function<ApiKeys, Future<T>> work) {
        var operator = operator(as);
        return withStorage(storage -> work.apply(new ApiKeys(storage.database(), operator, new SecureRandom())));
    }

    /** Only to read. */
    <T> T withKeys(Function<ApiKeys, Future<T>> work) {
        return withKeys(NOBODY, work);
    }

    /** Only to read: a key, and what it has used. */
    <T> T withKeyAndUse(String id, BiFunction<KeyRecord, Used, T> work) {
        var operator = operator(NOBODY);
        return withStorage(storage -> new ApiKeys(storage.database(), operator, new SecureRandom())
                .find(id)
                .compose(key ->
                        new KeyUsage(storage.database(), clock).of(key.id()).map(used -> work.apply(key, used))));
    }

    <T> T withAudit(Function<Audit, Future<T>> work) {
        return withStorage(storage -> work.apply(new Audit(storage.database())));
    }

    private Operator operator(String name) {
        return new Operator(name, clock, UUID::randomUUID);
    }

    private <T> T withStorage(Function<Storage, Future<T>> work) {
        var vertx = EventLoops.forCommand();
        try (var storage = Storage.forCommand(vertx, settings)) {
            storage.prepare(() -> false);
            return work.apply(storage).await();
        } finally {
            EventLoops.stop(vertx);
        }
    }
}
