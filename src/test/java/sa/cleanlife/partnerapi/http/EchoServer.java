package sa.cleanlife.partnerapi.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import sa.cleanlife.partnerapi.fuzz.Wire;
import sa.cleanlife.partnerapi.http.json.Json;

/**
 * The API on a real HTTP server, with routes that return the query parameter {@code api_key} as they read it: one like
 * the filter that looks for the key, one as a query field. It keeps one connection open, and opens a new one when that
 * has been closed.
 */
final class EchoServer implements BeforeAllCallback, AfterAllCallback {
    /** Generous, for a busy machine; other tests measure response times. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Longer than any query that the server accepts. */
    private static final int NO_LIMIT = 20_000;

    private final ProbeServer server = new ProbeServer(EchoServer::addTo);

    private static void addTo(Api api) {
        api.get(
                "/echo",
                ProbeServer.EVERYBODY,
                request -> Future.succeededFuture(answer(request.queryParameter("api_key"))));
        api.get("/field", ProbeServer.EVERYBODY, request -> {
            var query = request.query();
            var text = query.text("api_key").max(NO_LIMIT).optional();
            query.done();
            return Future.succeededFuture(answer(text));
        });
    }

    private static Json.Value answer(Optional<String> parameter) {
        return json -> parameter.ifPresent(text -> json.field("parameter", text));
    }

    private Optional<Wire> connection = Optional.empty();

    @Override
    public void beforeAll(ExtensionContext test) throws Exception {
        server.beforeAll(test);
    }

    /** Sends a {@code GET} with this target and additional header, byte for byte. */
    Wire.Reply get(byte[] target, byte[] header) throws Exception {
        var request = new ByteArrayOutputStream();
        request.writeBytes("GET ".getBytes(UTF_8));
        request.writeBytes(target);
        request.writeBytes(" HTTP/1.1\r\nHost: test\r\n".getBytes(UTF_8));
        request.writeBytes(header);
        request.writeBytes("\r\n\r\n".getBytes(UTF_8));
        var wire = connection.orElseGet(() -> Wire.to(server.port()));
        wire.send(request.toByteArray());
        var reply = wire.reply(true, TIMEOUT).orElseThrow(() -> new AssertionError("the server closed the connection"));
        // The server closes the connection after malformed HTTP, but not after a rejected field.
        var ends = reply.status() == 400 && !reply.body().contains("\"api_key\":");
        connection = ends ? Optional.empty() : Optional.of(wire);
        if (ends) {
            wire.close();
        }
        return reply;
    }

    /** The parameter's value as the route read it. */
    static Optional<String> parameter(Wire.Reply reply) {
        return Optional.ofNullable(
                new JsonObject(reply.body()).getJsonObject("data").getString("parameter"));
    }

    /** The sentence of the error; empty when the field was accepted. */
    static List<String> sentences(Wire.Reply reply) {
        return Optional.ofNullable(new JsonObject(reply.body()).getJsonObject("error")).stream()
                .flatMap(refusal -> refusal.getJsonObject("details").getJsonArray("message").stream())
                .map(String::valueOf)
                .toList();
    }

    @Override
    public void afterAll(ExtensionContext test) throws Exception {
        connection.ifPresent(Wire::close);
        server.afterAll(test);
    }
}
