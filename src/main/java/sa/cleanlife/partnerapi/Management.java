package sa.cleanlife.partnerapi;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import sa.cleanlife.partnerapi.http.edge.Connections;

/** Liveness, readiness and metrics for the operator's tools, on a port of their own that partners do not reach. */
final class Management {
    /** Enough for balancers, monitoring and a few operators. */
    private static final int MOST_CONNECTIONS = 100;

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final Vertx vertx;
    private final PrometheusMeterRegistry meters;
    private final BooleanSupplier ready;
    private final WorkerExecutor aside;
    private Future<String> gathered = Future.succeededFuture("");

    Management(Vertx vertx, PrometheusMeterRegistry meters, BooleanSupplier ready) {
        this.vertx = vertx;
        this.meters = meters;
        this.ready = ready;
        this.aside = vertx.createSharedWorkerExecutor("metrics", 1);
    }

    Future<HttpServer> listen(String host, int port) {
        return new Connections(vertx, MOST_CONNECTIONS)
                .watch(vertx.createHttpServer(Connections.limit(new HttpServerOptions())), this::handle)
                .listen(port, host);
    }

    /**
     * The metrics as text. Gathering them takes some milliseconds, and tens of them with thousands of connections, so a
     * worker thread does it and no partner's request waits. Requests that arrive meanwhile share the result.
     */
    private Future<String> metrics() {
        if (gathered.isComplete()) {
            gathered = aside.executeBlocking(meters::scrape, false).map(Objects::requireNonNull);
        }
        return gathered;
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
            case "/metrics" ->
                metrics()
                        .onSuccess(text -> answer(request, 200, "text/plain; version=0.0.4; charset=utf-8", text))
                        .onFailure(
                                failure -> answer(request, 500, "text/plain", "the metrics could not be gathered\n"));
            case null, default ->
                answer(
                        request,
                        404,
                        "text/plain",
                        "no such path; the paths are /health/live, /health/ready and /metrics\n");
        }
    }

    private static void answer(HttpServerRequest request, int status, String contentType, String text) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", contentType)
                .end(text);
    }
}
