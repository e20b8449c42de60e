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

/** Starts and stops Vert.x with the options and the metrics that this program uses. */
public final class EventLoops {
    /** The event loops of a server: one per processor. */
    static final int COUNT = Runtime.getRuntime().availableProcessors();

    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    private static final Duration HANGING = Duration.ofSeconds(2);

    private EventLoops() {}

    /** Starts Vert.x for a server, with one event loop per processor. */
    static Vertx forServer(PrometheusMeterRegistry meters) {
        new JvmMemoryMetrics().bindTo(meters);
        new JvmGcMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        // Of Vert.x's own metrics only those of the connection pool are used: the rest is measured by this program, or
        // not worth its cost.
        var unused = EnumSet.complementOf(EnumSet.of(MetricsDomain.NAMED_POOLS)).stream()
                .map(MetricsDomain::toCategory);
        var unusedMeters = Stream.concat(unused, Stream.of("sql")).collect(Collectors.toSet());
        var options = options(COUNT)
                .setMetricsOptions(
                        new MicrometerMetricsOptions().setEnabled(true).setDisabledMetricsCategories(unusedMeters));
        return start(options, new MicrometerMetricsFactory(meters));
    }

    /**
     * Starts Vert.x on io_uring, else on epoll, else on Java's own sockets. With io_uring the responses of a batch
     * leave in one system call. The kernel may lack it or forbid it, as in many containers, and only starting the event
     * loops tells: netty's own check tries less than they need.
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
                        .log("I/O transport is not available; falling back to the next one");
            }
        }
        return Vertx.builder().with(options).withMetrics(metrics).build();
    }

    /** Starts Vert.x for one command. */
    public static Vertx forCommand() {
        return Vertx.vertx(options(1));
    }

    private static VertxOptions options(int loops) {
        return new VertxOptions()
                .setEventLoopPoolSize(loops)
                // No files are served, so Vert.x needs no temporary directory.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }

    /**
     * Closes Vert.x, but waits for two seconds at most, so that a hanging database connection cannot block the exit.
     */
    public static void stop(Vertx vertx) {
        vertx.close()
                .timeout(HANGING.toSeconds(), TimeUnit.SECONDS)
                .otherwiseEmpty()
                .await();
    }
}
