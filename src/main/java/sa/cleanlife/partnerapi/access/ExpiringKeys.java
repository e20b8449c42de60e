package sa.cleanlife.partnerapi.access;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.access.ExpiringKeyStore.ExpiringKey;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;

/**
 * Warns of keys that are in use and expire within 14 days, before a partner is locked out: in the log of one node, once a
 * day for each key, and as a gauge, which is the same on every node. One instance serves a node.
 */
public final class ExpiringKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiringKeys.class);

    /** {@link KeyUsage} writes the last use of keys as often. */
    private static final Duration CHECKED_EVERY = Duration.ofMinutes(1);

    private final Database database;
    private final ExpiringKeyStore store = new ExpiringKeyStore();
    private final Clock clock;
    private final AtomicInteger expiring = new AtomicInteger();

    public ExpiringKeys(Database database, Clock clock, MeterRegistry meters) {
        this.database = database;
        this.clock = clock;
        Gauge.builder("keys.expiring", expiring, AtomicInteger::get)
                .description("Keys that were used in the last 30 days and expire within 14; the log has their ids")
                .register(meters);
    }

    /** @param toWarnOf the keys whose warning this node has claimed */
    private record Check(List<ExpiringKey> keys, Set<UUID> toWarnOf) {}

    /** Checks now, and from now on once a minute. */
    public void watch(Vertx vertx) {
        check().onComplete(checked -> vertx.setTimer(CHECKED_EVERY.toMillis(), due -> watch(vertx)));
    }

    /** If the commit of a claim is not acknowledged, the warning is given a day later. */
    private Future<Void> check() {
        var now = clock.instant();
        return database.transaction(tx -> {
                    var keys = store.list(tx, now);
                    return new Check(keys, keys.isEmpty() ? Set.of() : store.claimWarnings(tx, keys, now));
                })
                .onSuccess(check -> {
                    warn(check);
                    expiring.set(check.keys().size());
                })
                .onFailure(failure -> {
                    if (!(failure instanceof DatabaseUnavailableException)) {
                        LOG.atWarn()
                                .setCause(failure)
                                .log("expiring keys were not looked up; next attempt in a minute");
                    }
                })
                .mapEmpty();
    }

    private static void warn(Check check) {
        for (var key : check.keys()) {
            if (check.toWarnOf().contains(key.id())) {
                LOG.atWarn()
                        .addKeyValue("keyId", key.id())
                        .addKeyValue("partner", key.partner())
                        .addKeyValue("expiresAt", key.expiresAt())
                        .log("API key in use expires within 14 days");
            }
        }
    }
}
