package sa.cleanlife.partnerapi;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import sa.cleanlife.partnerapi.access.AccessCheck;
import sa.cleanlife.partnerapi.access.AddressCheck;
import sa.cleanlife.partnerapi.access.DomainCheck;
import sa.cleanlife.partnerapi.access.ExpiringKeys;
import sa.cleanlife.partnerapi.access.KeyCache;
import sa.cleanlife.partnerapi.access.KeyFilter;
import sa.cleanlife.partnerapi.access.KeyUsage;
import sa.cleanlife.partnerapi.access.MeRoutes;
import sa.cleanlife.partnerapi.access.RateCheck;
import sa.cleanlife.partnerapi.access.UnknownKeyThrottle;
import sa.cleanlife.partnerapi.access.ratelimit.RateLimits;
import sa.cleanlife.partnerapi.console.ReferenceRoutes;
import sa.cleanlife.partnerapi.contacts.ContactRoutes;
import sa.cleanlife.partnerapi.contacts.Contacts;
import sa.cleanlife.partnerapi.contacts.NewContactQuota;
import sa.cleanlife.partnerapi.contacts.NewContacts;
import sa.cleanlife.partnerapi.contacts.PhoneNumber;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Filter;
import sa.cleanlife.partnerapi.http.RequestLog;

/**
 * Wires the features together by hand, top to bottom: the constructor makes what a node has one of, and {@link #api}
 * what each event loop has of its own. {@link Server} starts and stops it.
 */
final class PartnerApi {
    /** Makes the {@link Contacts} of one event loop. Benchmarks replace it to measure everything but the database. */
    interface ContactsFactory {
        Contacts contacts(Database database, NewContactQuota quota, MeterRegistry meters);
    }

    private final Vertx vertx;
    private final Settings settings;
    private final Database database;
    private final Lifecycle lifecycle;
    private final MeterRegistry meters;
    private final ContactsFactory contacts;

    private final RequestLog requestLog;
    private final KeyCache keys;
    private final UnknownKeyThrottle unknownKeys;
    private final KeyUsage keyUsage;
    private final ExpiringKeys expiringKeys;
    private final RateLimits rateLimits;
    private final NewContacts newContacts;
    private final ReferenceRoutes reference;

    PartnerApi(
            Vertx vertx,
            Settings settings,
            Database database,
            Clock clock,
            Lifecycle lifecycle,
            MeterRegistry meters,
            ContactsFactory contacts) {
        this.vertx = vertx;
        this.settings = settings;
        this.database = database;
        this.lifecycle = lifecycle;
        this.meters = meters;
        this.contacts = contacts;

        this.requestLog = new RequestLog(meters);
        this.keys = new KeyCache(database, clock);
        this.unknownKeys = new UnknownKeyThrottle(vertx, keys);
        this.keyUsage = new KeyUsage(database, clock);
        this.expiringKeys = new ExpiringKeys(database, clock, meters);
        this.rateLimits = new RateLimits(database);
        this.newContacts = new NewContacts(database, clock, keys::newContactsPerDay, meters);
        this.reference = new ReferenceRoutes();
    }

    /** Loads what takes a while and needs no database. Blocks. */
    void load() {
        PhoneNumber.loadNumberingPlan();
    }

    /**
     * Loads the keys and completes when requests can be served. From then on the keys are refreshed, and counts
     * written, periodically.
     */
    Future<Void> watch() {
        return keys.watch(vertx).onSuccess(known -> {
            keyUsage.watch(vertx);
            expiringKeys.watch(vertx);
            newContacts.watch();
        });
    }

    /** Writes the counts made in memory since the last write. */
    Future<Void> writeCounts() {
        return Future.join(keyUsage.write(), newContacts.write()).mapEmpty();
    }

    /** The routes of one event loop, with the objects that no other event loop uses. */
    Api api() {
        List<AccessCheck> checks =
                List.of(new AddressCheck(settings.trustedProxies()), new RateCheck(rateLimits), new DomainCheck());
        List<Filter> filters = List.of(lifecycle, new KeyFilter(keys, unknownKeys, keyUsage, checks));
        var api = new Api(vertx, filters, PartnerApi::refusalOf, this::originRefusal, requestLog);

        var quota = new NewContactQuota(database.scheduler(), newContacts, meters);
        new ContactRoutes(contacts.contacts(database, quota, meters)).addTo(api);
        new MeRoutes(keys).addTo(api);
        reference.addTo(api);
        return api;
    }

    /** The rejection of an origin in a CORS preflight, which passes no filter. */
    private Optional<ApiException> originRefusal(String origin) {
        return lifecycle.refusal().or(() -> keys.originRefusal(origin));
    }

    private static Optional<ApiException> refusalOf(Throwable failure) {
        return failure instanceof DatabaseUnavailableException unavailable
                ? Optional.of(ErrorCode.SERVICE_UNAVAILABLE.error().because(String.valueOf(unavailable.getMessage())))
                : Optional.empty();
    }
}
