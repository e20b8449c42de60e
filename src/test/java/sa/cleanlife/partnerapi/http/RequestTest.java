package sa.cleanlife.partnerapi.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a {@code Request} knows of its connection and headers. */
class RequestTest {
    private static final Vertx VERTX = Vertx.vertx();

    @AfterAll
    static void stop() throws Exception {
        VERTX.close().await(10, TimeUnit.SECONDS);
    }

    /** Sends a request between these two local addresses and returns what its handler saw. */
    private static <T> T seen(InetAddress peer, InetAddress server, String headers, Function<Request, T> look)
            throws Exception {
        var seen = new CompletableFuture<T>();
        var listening = VERTX.createHttpServer()
                .requestHandler(request -> {
                    seen.complete(look.apply(new Request(request, request.method(), new Resource("/"))));
                    request.response().end();
                })
                .listen(0, server.getHostAddress())
                .await(10, TimeUnit.SECONDS);
        try (var socket = new Socket(server, listening.actualPort(), peer, 0)) {
            var request = "GET / HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return seen.get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "127.0.0.2, 127.0.0.1", "::1, ::1"})
    void the_peer_is_the_other_end_of_the_connection(String from, String to) throws Exception {
        var peer = InetAddress.ofLiteral(from);
        assumeTrue(isOfThisMachine(peer), "not every machine has 127.0.0.2 and ::1");

        assertThat(seen(peer, InetAddress.ofLiteral(to), "X-Forwarded-For: 203.0.113.7\r\n", Request::peer))
                .isEqualTo(peer);
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try (var bound = new ServerSocket(0, 1, address)) {
            return bound.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void all_lines_of_a_header_are_read_in_the_order_of_arrival() throws Exception {
        var headers = """
                x-forwarded-for: 203.0.113.7, 6.6.6.6
                Forwarded: for=203.0.113.7
                X-FORWARDED-FOR:
                X-Forwarded-For: 10.0.0.3
                """.replace("\n", "\r\n");
        var here = InetAddress.ofLiteral("127.0.0.1");

        var lines = seen(here, here, headers, call -> call.headers("X-Forwarded-For"));
        var missing = seen(here, here, headers, call -> call.headers("X-Real-IP"));

        assertThat(lines).containsExactly("203.0.113.7, 6.6.6.6", "", "10.0.0.3");
        assertThat(missing).isEmpty();
    }
}
