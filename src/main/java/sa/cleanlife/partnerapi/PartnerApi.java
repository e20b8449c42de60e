package sa.cleanlife.partnerapi;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.ApiKeys;
import sa.cleanlife.partnerapi.access.KeyFilter;
import sa.cleanlife.partnerapi.access.KnownKeys;
import sa.cleanlife.partnerapi.access.Partners;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.contacts.ContactRoutes;
import sa.cleanlife.partnerapi.contacts.Contacts;
import sa.cleanlife.partnerapi.contacts.PhoneNumber;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.Call;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Filter;
import sa.cleanlife.partnerapi.http.RequestLog;

/** The server, put together by hand from top to bottom: what it consists of, and the order in which it starts and stops. */
public final class PartnerApi implements AutoCloseable {
    /** The partner that a new embedded database comes with, for a first call. */
    public static final String SANDBOX = "sandbox";

    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(10);
    private static final Duration HANGING = Duration.ofSeconds(2);
    private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

    private enum State {
        STARTING,
        SERVING,
        STOPPING
    }

    private final Settings settings;
    private final Clock clock;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Vertx vertx = vertx(meters);
    private final RequestLog requestLog = new RequestLog(meters);
    private final Reference reference = new Reference();
    private final Storage storage;
    private final KnownKeys keys;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.STARTING);
    private @Nullable HttpServer management;
    private @Nullable ApiKey sandboxKey;

    /** Takes the database; nothing is served yet. Throws when the embedded one cannot be started. */
    public PartnerApi(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.storage = openStorage();
        this.keys = new KnownKeys(storage.database(), clock);
    }

    private Storage openStorage() {
        try {
            return Storage.forServer(vertx, settings);
        } catch (RuntimeException e) {
            vertx.close();
            throw e;
        }
    }

    private static Vertx vertx(PrometheusMeterRegistry meters) {
        // Of Vert.x's own meters only those of the connection pool: the rest is measured here, or not worth its cost.
        var unused = EnumSet.complementOf(EnumSet.of(MetricsDomain.NAMED_POOLS)).stream()
                .map(MetricsDomain::toCategory);
        var unusedMeters = Stream.concat(unused, Stream.of("sql")).collect(Collectors.toSet());
        return Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(EVENT_LOOPS)
                        // Nothing is served from files, so none are unpacked into a temporary directory.
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false))
                        .setMetricsOptions(new MicrometerMetricsOptions()
                                .setEnabled(true)
                                .setDisabledMetricsCategories(unusedMeters)))
                .withMetrics(new MicrometerMetricsFactory(meters))
                .build();
    }

    /** Blocks until requests are served; those that come earlier get a 503. Throws {@link StartupException}. */
    public void start() {
        new JvmMemoryMetrics().bindTo(meters);
        new JvmGcMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        PhoneNumber.loadNumberingPlan();

        management = listening(
                "PARTNER_API_MANAGEMENT_HOST and PARTNER_API_MANAGEMENT_PORT",
                new Management(meters, this::isReady)
                        .listen(vertx, settings.managementHost(), settings.managementPort()));
        listening(
                "PARTNER_API_HOST and PARTNER_API_PORT",
                vertx.deployVerticle(EventLoop::new, new DeploymentOptions().setInstances(EVENT_LOOPS)));

        storage.prepare(() -> state.get() == State.STARTING);
        addSandbox();
        storage.watch();
        keys.watch(vertx).await();
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
            return vertx.createHttpServer(Api.serverOptions())
                    .requestHandler(api::handle)
                    .invalidRequestHandler(api::handleMalformed)
                    .connectionHandler(api::handleConnection)
                    // To Vert.x, 0 is a free port for each event loop, and a negative one the same for all.
                    .listen(settings.port() == 0 ? -1 : settings.port(), settings.host())
                    .onSuccess(servers::add);
        }
    }

    private Api api() {
        List<Filter> filters = List.of(this::refuseWhileStarting, new KeyFilter(keys, meters));
        var api = new Api(vertx, filters, PartnerApi::refusalOf, requestLog);
        new ContactRoutes(new Contacts(storage.database(), UUID::randomUUID, meters)).addTo(api);
        reference.addTo(api);
        return api;
    }

    private Future<Void> refuseWhileStarting(Call call) {
        return state.get() == State.STARTING
                ? Future.failedFuture(ErrorCode.SERVICE_UNAVAILABLE.error().because("starting"))
                : Future.succeededFuture();
    }

    private static Optional<ApiException> refusalOf(Throwable failure) {
        return failure instanceof DatabaseUnavailableException unavailable
                ? Optional.of(ErrorCode.SERVICE_UNAVAILABLE.error().because(String.valueOf(unavailable.getMessage())))
                : Optional.empty();
    }

    private void addSandbox() {
        if (!storage.isEmbedded()) {
            return;
        }
        var ids = (Supplier<UUID>) UUID::randomUUID;
        if (new Partners(storage.database(), clock, ids).addFirst(SANDBOX).await()) {
            sandboxKey = new ApiKeys(storage.database(), clock, ids, new SecureRandom())
                    .issue(SANDBOX, EnumSet.allOf(Permission.class), ApiKey.Kind.SANDBOX, Optional.empty())
                    .await()
                    .key();
        }
    }

    private boolean isReady() {
        return isServing() && storage.database().isAvailable();
    }

    /** Whether the start is over and no stop has begun. */
    public boolean isServing() {
        return state.get() == State.SERVING;
    }

    /** For the test that holds the reference against them. */
    List<String> routes() {
        return api().routes();
    }

    public int port() {
        return servers.getFirst().actualPort();
    }

    public int managementPort() {
        return management == null ? settings.managementPort() : management.actualPort();
    }

    /** The key that was made with a new embedded database, to be shown this once. */
    public Optional<ApiKey> sandboxKey() {
        return Optional.ofNullable(sandboxKey);
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
                storage.close();
            } finally {
                // A connection to a database that hangs would hold this up for ever.
                vertx.close()
                        .timeout(HANGING.toSeconds(), TimeUnit.SECONDS)
                        .otherwiseEmpty()
                        .await();
            }
        }
    }
}
