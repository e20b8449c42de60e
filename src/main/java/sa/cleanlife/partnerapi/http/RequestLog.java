package sa.cleanlife.partnerapi.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the access log line and the metrics of each request. Both contain the route pattern only: the path, query,
 * headers and body may hold phones, names and keys.
 */
public final class RequestLog {
    private static final Logger LOG = LoggerFactory.getLogger("access");

    private static final Duration[] BUCKETS = LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry meters;
    private final Counter faults;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

    private record Series(String method, String route, int status) {}

    public RequestLog(MeterRegistry meters) {
        this.meters = meters;
        this.faults = Counter.builder("http.server.faults")
                .description("Responses with status 500; starts at 0, so that the first one is an increase")
                .register(meters);
    }

    void answered(Request request, int status, Optional<String> reason) {
        long nanos = request.nanosSinceStart();
        timers.computeIfAbsent(new Series(request.method().name(), request.pattern(), status), this::timer)
                .record(nanos, TimeUnit.NANOSECONDS);
        if (status == ErrorCode.INTERNAL_ERROR.status()) {
            faults.increment();
        }

        var line = LOG.atInfo().addKeyValue("requestId", request.requestId());
        var caller = request.identified();
        if (caller.isPresent()) {
            line = line.addKeyValue("partner", caller.get().partner())
                    .addKeyValue("keyId", caller.get().keyId());
        }
        if (reason.isPresent()) {
            line = line.addKeyValue("reason", reason.get());
        }
        line.addKeyValue("method", request.method().name())
                .addKeyValue("route", request.pattern())
                .addKeyValue("status", status)
                .addKeyValue("durationMs", TimeUnit.NANOSECONDS.toMicros(nanos) / 1_000.0)
                .log("request");
    }

    private Timer timer(Series series) {
        return Timer.builder("http.server.requests")
                .description(
                        "Responses by method, route and status, with the time from the request head to the response")
                .tag("method", series.method())
                .tag("route", series.route())
                .tag("status", Integer.toString(series.status()))
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
