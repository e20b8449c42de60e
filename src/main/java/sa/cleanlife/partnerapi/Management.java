package sa.cleanlife.partnerapi;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** What the operator's tools ask, on a port of its own that partners do not reach: liveness, readiness and metrics. */
final class Management {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final PrometheusMeterRegistry meters;
    private final BooleanSupplier ready;

    Management(PrometheusMeterRegistry meters, BooleanSupplier ready) {
        this.meters = meters;
        this.ready = ready;
    }

    Future<HttpServer> listen(Vertx vertx, String host, int port) {
        return vertx.createHttpServer(new HttpServerOptions()
                        .setHost(host)
                        .setPort(port)
                        .setHttp2ClearTextEnabled(false)
                        .setIdleTimeout(75))
                .requestHandler(this::handle)
                .listen();
    }

    private void handle(HttpServerRequest request) {
        if (!READING.contains(request.method())) {
            request.response().putHeader("Allow", "GET, HEAD");
            answer(request, 405, "text/plain", "only GET and HEAD\n");
            return;
        }
        switch (request.path()) {
            case "/health/live" -> answer(request, 200, "text/plain", "live\n");
            case "/health/ready" -> {
                if (ready.getAsBoolean()) {
                    answer(request, 200, "text/plain", "ready\n");
                } else {
                    answer(
                            request,
                            503,
                            "text/plain",
                            "not ready: starting, stopping, or the database does not answer\n");
                }
            }
            case "/metrics" -> answer(request, 200, "text/plain; version=0.0.4; charset=utf-8", meters.scrape());
            case null, default ->
                answer(request, 404, "text/plain", "there are /health/live, /health/ready and /metrics\n");
        }
    }

    private static void answer(HttpServerRequest request, int status, String contentType, String text) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", contentType)
                .end(text);
    }
}
