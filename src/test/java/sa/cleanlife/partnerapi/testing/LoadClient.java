package sa.cleanlife.partnerapi.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A client for many concurrent requests, for which java.net.http is too slow. Every request gets a response or fails in
 * time.
 */
public final class LoadClient implements AutoCloseable {
    private static final String CONTACTS = "/v1/partners/contacts";
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);
    private static final Duration LONGEST_LOAD = Duration.ofSeconds(60);

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http;
    private final Duration longestAnswer;

    /** @param connections the largest number of open connections to one server */
    public LoadClient(int connections) {
        this(connections, LONGEST_ANSWER);
    }

    /** @param longestAnswer the timeout after which a request fails and its connection is closed */
    public LoadClient(int connections, Duration longestAnswer) {
        this.longestAnswer = longestAnswer;
        http = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout((int) longestAnswer.toMillis()),
                new PoolOptions().setHttp1MaxSize(connections));
    }

    /** A response; header names are in lower case. */
    public record Reply(int status, Map<String, String> headers, String body, Duration took) {
        public String id() {
            return data().getString("id");
        }

        public String phone() {
            return data().getString("phone");
        }

        public String name() {
            return data().getString("name");
        }

        public boolean isNewContact() {
            return data().getBoolean("isNewContact");
        }

        private JsonObject data() {
            if (status != 200) {
                throw new AssertionError("response with status " + status + ": " + body);
            }
            return new JsonObject(body).getJsonObject("data");
        }

        /** This response, checked against {@code openapi.yaml}. */
        public Answer checkedAnswerToPost() {
            OpenApi.check("POST", CONTACTS, status, headers, body);
            return new Answer(status, headers, body);
        }
    }

    public Future<Reply> postContact(int port, String key, String phone, String name) {
        var body = new JsonObject().put("phone", phone).put("name", name).toBuffer();
        return send(
                new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setPort(port)
                        .setURI(CONTACTS)
                        .putHeader("content-type", "application/json"),
                key,
                body);
    }

    public Future<Reply> getContact(int port, String key, String id) {
        return send(new RequestOptions().setPort(port).setURI(CONTACTS + "/" + id), key, Buffer.buffer());
    }

    public Future<Reply> get(int port, String path) {
        return send(new RequestOptions().setPort(port).setURI(path), "", Buffer.buffer());
    }

    private Future<Reply> send(RequestOptions options, String key, Buffer body) {
        long sent = System.nanoTime();
        // Not setTimeout: with it, Vert.x's pool may reject a connection that it has already handed out, in another
        // request's thread.
        return http.request(options.setHost("127.0.0.1")
                        .putHeader("x-api-key", key)
                        .setIdleTimeout(longestAnswer.toMillis()))
                // Everything runs on the connection's event loop: a body that arrives before its handler is set would
                // be lost.
                .compose((HttpClientRequest request) -> request.send(body)
                        .compose(response -> response.body().map(received -> {
                            var headers = new HashMap<String, String>();
                            response.headers()
                                    .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
                            return new Reply(
                                    response.statusCode(),
                                    headers,
                                    received.toString(),
                                    Duration.ofNanos(System.nanoTime() - sent));
                        })))
                .timeout(longestAnswer.toMillis(), TimeUnit.MILLISECONDS);
    }

    public void after(Duration pause, Runnable next) {
        if (pause.isZero()) {
            next.run();
        } else {
            vertx.setTimer(pause.toMillis(), due -> next.run());
        }
    }

    /** Waits for all responses; fails when one is missing. */
    public static List<Reply> all(List<Future<Reply>> requests) {
        return await(Future.all(requests).map(answered -> answered.<Reply>list()));
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.await(LONGEST_LOAD.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no response within " + LONGEST_LOAD, e);
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
