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
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.contacts.Contacts;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.http.edge.Connections;

/** One node: the database, the event loops and the ports of a {@link PartnerApi}, and the order in which they start and stop. */
public final class Server implements AutoCloseable {
    private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(10);
    private static final Duration HANGING = Duration.ofSeconds(2);

    private final Settings settings;
    private final Clock clock;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Vertx vertx = EventLoops.forServer(meters);
    private final Lifecycle lifecycle = new Lifecycle();
    private final Storage storage;
    private final PartnerApi partnerApi;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final List<Connections> connections = new CopyOnWriteArrayList<>();
    private @Nullable HttpServer management;
    private Optional<ApiKey> sandboxKey = Optional.empty();

    /** Opens the database; nothing is served yet. Throws if the embedded database cannot be started. */
    public Server(Settings settings, Clock clock) {
        this(settings, clock, Contacts::new);
    }

    /** For benchmarks that measure everything but the database. */
    Server(Settings settings, Clock clock, PartnerApi.ContactsFactory contacts) {
        this.settings = settings;
        this.clock = clock;
        this.storage = openStorage();
        this.partnerApi = new PartnerApi(vertx, settings, storage.database(), clock, lifecycle, meters, contacts);
        if (storage.isEmbedded()) {
            new DiskSpaceMetrics(settings.dataDirectory().toFile()).bindTo(meters);
        }
        Gauge.builder("http.server.connections", this, Server::openConnections)
                .description("Open connections of partners")
                .register(meters);
        Gauge.builder("server.ready", this, server -> server.isReady() ? 1 : 0)
                .description("1 if requests are served, as /health/ready reports, else 0")
                .register(meters);
    }

    private Storage openStorage() {
        try {
            return Storage.forServer(vertx, settings);
        } catch (RuntimeException e) {
            EventLoops.stop(vertx);
            throw e;
        }
    }

    private int openConnections() {
        return connections.stream().mapToInt(Connections::count).sum();
    }

    /** Blocks until requests are served; requests that arrive earlier get a 503. Throws {@link StartupException}. */
    public void start() {
        // The first connection takes a while, so it is opened while the rest loads. Below, prepare checks whether the
        // database answers.
        storage.database().ping();
        partnerApi.load();

        management = listening(
                new Listener(
                        Setting.MANAGEMENT_HOST,
                        settings.managementHost(),
                        Setting.MANAGEMENT_PORT,
                        settings.managementPort()),
                new Management(vertx, meters, this::isReady)
                        .listen(settings.managementHost(), settings.managementPort()));
        listening(
                new Listener(Setting.HOST, settings.host(), Setting.PORT, settings.port()),
                vertx.deployVerticle(EventLoop::new, new DeploymentOptions().setInstances(EventLoops.COUNT)));

        storage.prepare(lifecycle::isStarting);
        if (storage.isEmbedded()) {
            sandboxKey = Sandbox.addTo(storage.database(), clock);
        }
        storage.watch();
        partnerApi.watch().await();
        lifecycle.serve();
    }

    private static <T> T listening(Listener listener, Future<T> listen) {
        return listen.recover(failure ->
                        Future.failedFuture(failure instanceof IOException cause ? listener.refusal(cause) : failure))
                .await();
    }

    /** One event loop's part of the server: it accepts its own connections and shares no batch with another loop. */
    private final class EventLoop extends VerticleBase {
        @Override
        public Future<?> start() {
            var api = partnerApi.api();
            var ours = new Connections(vertx, Connections.share(EventLoops.COUNT));
            connections.add(ours);
            return ours.watch(vertx.createHttpServer(Api.serverOptions()), api::handle)
                    .invalidRequestHandler(api::handleMalformed)
                    // For Vert.x, 0 is a free port per event loop, and a negative number is one free port for all of
                    // them.
                    .listen(settings.port() == 0 ? -1 : settings.port(), settings.host())
                    .onSuccess(servers::add);
        }
    }

    private boolean isReady() {
        return isServing() && storage.database().isAvailable();
    }

    /** Whether the start is over and no stop has begun. */
    public boolean isServing() {
        return lifecycle.isServing();
    }

    /** Every route, such as {@code "GET /v1/…"}, so that tests can compare the documentation with them. */
    public List<String> routes() {
        return partnerApi.api().routes();
    }

    public int port() {
        return servers.getFirst().actualPort();
    }

    public int managementPort() {
        return management == null ? settings.managementPort() : management.actualPort();
    }

    /** The registry for metrics that are measured outside this class. */
    public MeterRegistry meters() {
        return meters;
    }

    /** The key that was issued for a new embedded database, to be shown only once; empty for any other database. */
    public Optional<ApiKey> sandboxKey() {
        return sandboxKey;
    }

    /** Writes the counts since the last write. They are lost if the database is not available. */
    private void writeCounts() {
        if (storage.database().isAvailable()) {
            partnerApi
                    .writeCounts()
                    .timeout(HANGING.toSeconds(), TimeUnit.SECONDS)
                    .otherwiseEmpty()
                    .await();
        }
    }

    /**
     * Stops accepting connections, finishes the accepted requests within 10 s, and then stops everything else, the
     * database last.
     */
    @Override
    public void close() {
        lifecycle.stop();
        try {
            Future.join(servers.stream()
                            .map(server -> server.shutdown(SHUTDOWN_GRACE.toSeconds(), TimeUnit.SECONDS))
                            .toList())
                    .await();
        } finally {
            try {
                writeCounts();
                storage.close();
            } finally {
                EventLoops.stop(vertx);
            }
        }
    }
}
