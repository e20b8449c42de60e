package sa.cleanlife.partnerapi;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.transport.Transport;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Vert.x, as this program uses it: started, measured and stopped. */
public final class EventLoops {
    /** Of a server. */
    static final int COUNT = Runtime.getRuntime().availableProcessors();

    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    private static final Duration HANGING = Duration.ofSeconds(2);

    private EventLoops() {}

    /** Vert.x of a server, one loop for each processor. */
    static Vertx forServer(PrometheusMeterRegistry meters) {
        new JvmMemoryMetrics().bindTo(meters);
        new JvmGcMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        // Of Vert.x's own meters only those of the connection pool: the rest is measured here, or not worth its cost.
        var unused = EnumSet.complementOf(EnumSet.of(MetricsDomain.NAMED_POOLS)).stream()
                .map(MetricsDomain::toCategory);
        var unusedMeters = Stream.concat(unused, Stream.of("sql")).collect(Collectors.toSet());
        var options = options(COUNT)
                .setMetricsOptions(
                        new MicrometerMetricsOptions().setEnabled(true).setDisabledMetricsCategories(unusedMeters));
        return start(options, new MicrometerMetricsFactory(meters));
    }

    /**
     * With io_uring the answers of a batch leave in one call of the kernel. Where it is not there, or not allowed, as in many
     * containers, the next best is taken. Only a try tells: the trial that netty makes is smaller than an event loop.
     */
    private static Vertx start(VertxOptions options, VertxMetricsFactory metrics) {
        for (var transport : Stream.of(Optional.ofNullable(Transport.IO_URING), Optional.ofNullable(Transport.EPOLL))
                .flatMap(Optional::stream)
                .filter(Transport::available)
                .toList()) {
            try {
                return Vertx.builder()
                        .with(options)
                        .withTransport(transport)
                        .withMetrics(metrics)
                        .build();
            } catch (RuntimeException | LinkageError e) {
                LOG.atWarn()
                        .addKeyValue("transport", transport.name())
                        .setCause(e)
                        .log("the kernel does not let sockets be used in the fastest way; the next is tried");
            }
        }
        return Vertx.builder().with(options).withMetrics(metrics).build();
    }

    /** Vert.x of one command. */
    public static Vertx forCommand() {
        return Vertx.vertx(options(1));
    }

    private static VertxOptions options(int loops) {
        return new VertxOptions()
                .setEventLoopPoolSize(loops)
                // Nothing is served from files, so none need a temporary directory.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }

    /** A connection to a database that hangs does not hold this up. */
    public static void stop(Vertx vertx) {
        vertx.close()
                .timeout(HANGING.toSeconds(), TimeUnit.SECONDS)
                .otherwiseEmpty()
                .await();
    }
}
