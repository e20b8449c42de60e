package sa.cleanlife.partnerapi.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import sa.cleanlife.partnerapi.fuzz.Wire;

/**
 * The API on a real HTTP server, with one route that answers what it took for the query parameter {@code api_key}. It is
 * asked on one connection, and on a new one when that has ended.
 */
final class EchoServer implements BeforeAllCallback, AfterAllCallback {
    /** For a machine that is busy; how long an answer takes is asked elsewhere. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ProbeServer server = new ProbeServer(api -> api.get("/echo", ProbeServer.EVERYBODY, request -> {
        var parameter = request.queryParameter("api_key");
        return Future.succeededFuture(json -> parameter.ifPresent(text -> json.field("parameter", text)));
    }));

    private Optional<Wire> connection = Optional.empty();

    @Override
    public void beforeAll(ExtensionContext test) throws Exception {
        server.beforeAll(test);
    }

    /** The answer to {@code GET} of that target with that further header, as they are. */
    Wire.Reply get(byte[] target, byte[] header) throws Exception {
        var request = new ByteArrayOutputStream();
        request.writeBytes("GET ".getBytes(UTF_8));
        request.writeBytes(target);
        request.writeBytes(" HTTP/1.1\r\nHost: test\r\n".getBytes(UTF_8));
        request.writeBytes(header);
        request.writeBytes("\r\n\r\n".getBytes(UTF_8));
        var wire = connection.orElseGet(() -> Wire.to(server.port()));
        wire.send(request.toByteArray());
        var reply = wire.reply(true, PATIENCE).orElseThrow(() -> new AssertionError("the connection ended"));
        // What HTTP does not allow ends the connection.
        var ends = reply.status() == 400;
        connection = ends ? Optional.empty() : Optional.of(wire);
        if (ends) {
            wire.close();
        }
        return reply;
    }

    /** What the route took for the parameter. */
    static Optional<String> parameter(Wire.Reply reply) {
        return Optional.ofNullable(
                new JsonObject(reply.body()).getJsonObject("data").getString("parameter"));
    }

    @Override
    public void afterAll(ExtensionContext test) throws Exception {
        connection.ifPresent(Wire::close);
        server.afterAll(test);
    }
}
