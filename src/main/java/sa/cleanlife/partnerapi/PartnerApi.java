package sa.cleanlife.partnerapi;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.access.AddressCheck;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.DomainCheck;
import sa.cleanlife.partnerapi.access.KeyCheck;
import sa.cleanlife.partnerapi.access.KeyFilter;
import sa.cleanlife.partnerapi.access.KeyLookup;
import sa.cleanlife.partnerapi.access.KnownKeys;
import sa.cleanlife.partnerapi.access.RateCheck;
import sa.cleanlife.partnerapi.contacts.ContactRoutes;
import sa.cleanlife.partnerapi.contacts.Contacts;
import sa.cleanlife.partnerapi.contacts.PhoneNumber;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.Connections;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Filter;
import sa.cleanlife.partnerapi.http.Request;
import sa.cleanlife.partnerapi.http.RequestLog;
import sa.cleanlife.partnerapi.usage.KeyUsage;
import sa.cleanlife.partnerapi.usage.NewContactQuota;
import sa.cleanlife.partnerapi.usage.NewContacts;
import sa.cleanlife.partnerapi.usage.RateLimits;

/** The server, put together by hand from top to bottom: what it consists of, and the order in which it starts and stops. */
public final class PartnerApi implements AutoCloseable {
    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(10);
    private static final Duration HANGING = Duration.ofSeconds(2);

    private enum State {
        STARTING,
        SERVING,
        STOPPING
    }

    /** What makes the contacts of one event loop. */
    interface ContactsFactory {
        Contacts contacts(Database database, NewContactQuota quota, MeterRegistry meters);
    }

    private final Settings settings;
    private final Clock clock;
    private final ContactsFactory contacts;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Vertx vertx = EventLoops.forServer(meters);
    private final RequestLog requestLog = new RequestLog(meters);
    private final Reference reference = new Reference();
    private final Storage storage;
    private final KnownKeys keys;
    private final KeyLookup keyLookup;
    private final KeyUsage keyUsage;
    private final RateLimits rateLimits;
    private final NewContacts newContacts;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final List<Connections> connections = new CopyOnWriteArrayList<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.STARTING);
    private @Nullable HttpServer management;
    private Optional<ApiKey> sandboxKey = Optional.empty();

    /** Takes the database; nothing is served yet. Throws when the embedded one cannot be started. */
    public PartnerApi(Settings settings, Clock clock) {
        this(settings, clock, Contacts::new);
    }

    /** For measuring all but the database's part. */
    PartnerApi(Settings settings, Clock clock, ContactsFactory contacts) {
        this.settings = settings;
        this.clock = clock;
        this.contacts = contacts;
        this.storage = openStorage();
        if (storage.isEmbedded()) {
            new DiskSpaceMetrics(settings.dataDirectory().toFile()).bindTo(meters);
        }
        this.keys = new KnownKeys(storage.database(), clock);
        this.keyLookup = new KeyLookup(vertx, keys);
        this.keyUsage = new KeyUsage(storage.database(), clock);
        this.rateLimits = new RateLimits(storage.database());
        this.newContacts = new NewContacts(storage.database(), clock, keys::newContactsPerDay, meters);
        Gauge.builder("http.server.connections", this, PartnerApi::openConnections)
                .description("Connections of partners that are open")
                .register(meters);
        Gauge.builder("server.ready", this, api -> api.isReady() ? 1 : 0)
                .description("Whether calls are served, as /health/ready tells it")
                .register(meters);
    }

    private int openConnections() {
        return connections.stream().mapToInt(Connections::count).sum();
    }

    private Storage openStorage() {
        try {
            return Storage.forServer(vertx, settings);
        } catch (RuntimeException e) {
            EventLoops.stop(vertx);
            throw e;
        }
    }

    /** Blocks until requests are served; those that come earlier get a 503. Throws {@link StartupException}. */
    public void start() {
        // A first connection takes a while, in which the rest can be done. Whether it answers is asked again below.
        storage.database().ping();
        PhoneNumber.loadNumberingPlan();

        management = listening(
                "PARTNER_API_MANAGEMENT_HOST and PARTNER_API_MANAGEMENT_PORT",
                new Management(vertx, meters, this::isReady)
                        .listen(settings.managementHost(), settings.managementPort()));
        listening(
                "PARTNER_API_HOST and PARTNER_API_PORT",
                vertx.deployVerticle(EventLoop::new, new DeploymentOptions().setInstances(EventLoops.COUNT)));

        storage.prepare(this::isStarting);
        if (storage.isEmbedded()) {
            sandboxKey = Sandbox.addTo(storage.database(), clock);
        }
        storage.watch();
        keys.watch(vertx).await();
        keyUsage.watch(vertx);
        newContacts.watch(vertx);
        // A stop that has begun meanwhile stays one.
        state.compareAndSet(State.STARTING, State.SERVING);
    }

    private static <T> T listening(String settings, Future<T> listen) {
        return listen.recover(failure -> Future.failedFuture(
                        failure instanceof IOException
                                ? new StartupException("The server cannot listen where %s say: %s."
                                        .formatted(settings, failure.getMessage()))
                                : failure))
                .await();
    }

    /** One event loop's share of the server: it accepts connections of its own, and shares no batch with another. */
    private final class EventLoop extends VerticleBase {
        @Override
        public Future<?> start() {
            var api = api();
            var ours = new Connections(vertx, Connections.share(EventLoops.COUNT));
            connections.add(ours);
            return ours.watch(vertx.createHttpServer(Api.serverOptions()), api::handle)
                    .invalidRequestHandler(api::handleMalformed)
                    // To Vert.x, 0 is a free port for each event loop, and a negative one the same for all.
                    .listen(settings.port() == 0 ? -1 : settings.port(), settings.host())
                    .onSuccess(servers::add);
        }
    }

    private Api api() {
        List<KeyCheck> checks =
                List.of(new AddressCheck(settings.trustedProxies()), new RateCheck(rateLimits), new DomainCheck());
        List<Filter> filters = List.of(this::refuseWhileStarting, new KeyFilter(keys, keyLookup, keyUsage, checks));
        var api = new Api(vertx, filters, PartnerApi::refusalOf, this::originRefusal, requestLog);
        var quota = new NewContactQuota(storage.database().time(), newContacts, meters);
        new ContactRoutes(contacts.contacts(storage.database(), quota, meters)).addTo(api);
        reference.addTo(api);
        return api;
    }

    private Future<Void> refuseWhileStarting(Request request) {
        return isStarting() ? Future.failedFuture(starting()) : Future.succeededFuture();
    }

    /** A browser that asks before a call passes no filter. */
    private Optional<ApiException> originRefusal(String origin) {
        return isStarting() ? Optional.of(starting()) : keys.originRefusal(origin);
    }

    private boolean isStarting() {
        return state.get() == State.STARTING;
    }

    private static ApiException starting() {
        return ErrorCode.SERVICE_UNAVAILABLE.error().because("starting");
    }

    private static Optional<ApiException> refusalOf(Throwable failure) {
        return failure instanceof DatabaseUnavailableException unavailable
                ? Optional.of(ErrorCode.SERVICE_UNAVAILABLE.error().because(String.valueOf(unavailable.getMessage())))
                : Optional.empty();
    }

    private boolean isReady() {
        return isServing() && storage.database().isAvailable();
    }

    /** Whether the start is over and no stop has begun. */
    public boolean isServing() {
        return state.get() == State.SERVING;
    }

    /** For the tests that hold the reference and the checks of access against them. */
    public List<String> routes() {
        return api().routes();
    }

    public int port() {
        return servers.getFirst().actualPort();
    }

    public int managementPort() {
        return management == null ? settings.managementPort() : management.actualPort();
    }

    /** For what is measured outside of the server itself. */
    public MeterRegistry meters() {
        return meters;
    }

    /** The key that was made with a new embedded database, to be shown this once. */
    public Optional<ApiKey> sandboxKey() {
        return sandboxKey;
    }

    /** What was counted since it was last written; while the database is away it is lost. */
    private void writeUsage() {
        if (storage.database().isAvailable()) {
            Future.join(keyUsage.write(), newContacts.write())
                    .timeout(HANGING.toSeconds(), TimeUnit.SECONDS)
                    .otherwiseEmpty()
                    .await();
        }
    }

    /** Stops accepting, finishes what was accepted within 10 s, and then stops what it started, the database last. */
    @Override
    public void close() {
        state.set(State.STOPPING);
        try {
            Future.join(servers.stream()
                            .map(server -> server.shutdown(LONGEST_FAREWELL.toSeconds(), TimeUnit.SECONDS))
                            .toList())
                    .await();
        } finally {
            try {
                writeUsage();
                storage.close();
            } finally {
                EventLoops.stop(vertx);
            }
        }
    }
}
