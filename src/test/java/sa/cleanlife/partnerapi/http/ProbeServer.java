package sa.cleanlife.partnerapi.http;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import sa.cleanlife.partnerapi.http.edge.Connections;
import sa.cleanlife.partnerapi.testing.Answer;

/** The API on a real HTTP server, with routes of the test's own and without filters. */
final class ProbeServer implements BeforeAllCallback, AfterAllCallback {
    static final RequiredPermission EVERYBODY = request -> {};

    private static final int CONNECTIONS = 10;

    /** A request without a response fails its test. */
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Vertx vertx = Vertx.vertx();
    private final Consumer<Api> routes;
    private int port;
    private int depth;

    ProbeServer(Consumer<Api> routes) {
        this.routes = routes;
    }

    @Override
    public void beforeAll(ExtensionContext test) throws Exception {
        // JUnit calls this for nested classes too.
        if (depth++ > 0) {
            return;
        }
        var api = new Api(
                vertx,
                List.of(),
                failure -> Optional.empty(),
                origin -> Optional.empty(),
                new RequestLog(new SimpleMeterRegistry()));
        routes.accept(api);
        port = new Connections(vertx, CONNECTIONS)
                .watch(vertx.createHttpServer(Api.serverOptions()), api::handle)
                .invalidRequestHandler(api::handleMalformed)
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS)
                .actualPort();
    }

    int port() {
        return port;
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .timeout(TIMEOUT);
    }

    Answer get(String target) {
        return send(request(target));
    }

    Answer post(String target, String json) {
        return send(request(target).header("content-type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    static Answer send(HttpRequest.Builder request) {
        try {
            var response = HTTP.send(request.build(), BodyHandlers.ofString());
            var headers = new HashMap<String, String>();
            response.headers().map().forEach((name, values) -> headers.put(name, String.join(", ", values)));
            return new Answer(response.statusCode(), headers, response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void afterAll(ExtensionContext test) throws Exception {
        if (--depth == 0) {
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }
}
