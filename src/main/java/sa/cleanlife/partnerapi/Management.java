package sa.cleanlife.partnerapi;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.function.BooleanSupplier;
import sa.cleanlife.partnerapi.http.Connections;

/** What the operator's tools ask, on a port of its own that partners do not reach: liveness, readiness and metrics. */
final class Management {
    /** Balancers, monitors and whoever is on duty are few. */
    private static final int MOST_CONNECTIONS = 100;

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final PrometheusMeterRegistry meters;
    private final BooleanSupplier ready;

    Management(PrometheusMeterRegistry meters, BooleanSupplier ready) {
        this.meters = meters;
        this.ready = ready;
    }

    Future<HttpServer> listen(Vertx vertx, String host, int port) {
        // To gather the metrics takes some milliseconds, and tens with thousands of connections: partners do not wait for it.
        var aside = vertx.createSharedWorkerExecutor("metrics", 1);
        return new Connections(vertx, MOST_CONNECTIONS)
                .watch(vertx.createHttpServer(Connections.limit(new HttpServerOptions())), request -> handle(request, aside))
                .listen(port, host);
    }

    private void handle(HttpServerRequest request, WorkerExecutor aside) {
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
            case "/metrics" ->
                aside.executeBlocking(meters::scrape, false)
                        .onSuccess(
                                text -> answer(request, 200, "text/plain; version=0.0.4; charset=utf-8", text))
                        .onFailure(failure -> answer(request, 500, "text/plain", "the metrics could not be gathered\n"));
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
