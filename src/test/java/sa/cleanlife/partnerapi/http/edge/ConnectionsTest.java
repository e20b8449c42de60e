package sa.cleanlife.partnerapi.http.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The connection limit and the connection timeouts, shorter here than the server's. */
class ConnectionsTest {
    private static final int MOST = 3;
    private static final Duration TO_FIRST_HEAD = Duration.ofMillis(500);
    private static final Duration TO_NEXT_HEAD = Duration.ofMillis(1_500);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    private final Vertx vertx = Vertx.vertx();
    private final Connections connections = new Connections(vertx, MOST, TO_FIRST_HEAD, TO_NEXT_HEAD, BETWEEN_LOOKS);
    private final HttpServer server = listen();

    private HttpServer listen() {
        return connections
                .watch(
                        vertx.createHttpServer(Connections.limit(new HttpServerOptions())),
                        request -> request.response().end())
                .listen(0, "127.0.0.1")
                .await();
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.actualPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static void call(Socket socket) throws IOException {
        send(socket, REQUEST);
        assertThat(isAnswered(socket)).isTrue();
    }

    private static boolean isAnswered(Socket socket) throws IOException {
        var answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        return new String(socket.getInputStream().readNBytes(answer.length()), ISO_8859_1).equals(answer);
    }

    /** How long the server keeps a connection that sends a byte of a request head every twentieth of a second. */
    private static Duration timeUntilCut(Socket socket) throws Exception {
        long start = System.nanoTime();
        send(socket, "GET / HTTP/1.1\r\nslow: ");
        for (int i = 0; i < 200; i++) {
            try {
                send(socket, "x");
            } catch (SocketException ended) {
                return Duration.ofNanos(System.nanoTime() - start);
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the connection is still open");
    }

    private void awaitCount(int count) throws InterruptedException {
        for (int i = 0; i < 500 && connections.count() != count; i++) {
            Thread.sleep(10);
        }
        assertThat(connections.count()).isEqualTo(count);
    }

    @Test
    void one_that_sends_its_first_head_byte_by_byte_is_closed() throws Exception {
        try (var socket = connect()) {
            assertThat(timeUntilCut(socket)).isGreaterThan(TO_FIRST_HEAD.minus(BETWEEN_LOOKS));
        }
    }

    @Test
    void one_that_sends_its_second_head_byte_by_byte_is_closed_later() throws Exception {
        try (var socket = connect()) {
            call(socket);

            assertThat(timeUntilCut(socket)).isGreaterThan(TO_NEXT_HEAD.minus(BETWEEN_LOOKS));
        }
    }

    @Test
    void one_with_an_occasional_request_stays_open() throws Exception {
        try (var socket = connect()) {
            for (int i = 0; i < 3; i++) {
                call(socket);
                Thread.sleep(TO_NEXT_HEAD.dividedBy(2));
            }

            call(socket);
        }
    }

    @Test
    void those_over_the_limit_are_rejected_until_others_are_closed() throws Exception {
        try (var first = connect();
                var second = connect()) {
            call(first);
            call(second);
            try (var third = connect()) {
                call(third);
                assertTurnedAway();
                call(second);
            }
            awaitCount(MOST - 1);

            try (var fourth = connect()) {
                call(fourth);
            }
        }
    }

    private void assertTurnedAway() throws IOException {
        try (var socket = connect()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    static Stream<Transport> transports() {
        return Stream.of(
                        Optional.of(Transport.NIO),
                        Optional.ofNullable(Transport.EPOLL),
                        Optional.ofNullable(Transport.IO_URING))
                .flatMap(Optional::stream)
                .filter(Transport::available);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void one_that_is_half_closed_is_answered_and_closed_on_every_transport(Transport transport) throws Exception {
        var other = Vertx.builder().withTransport(transport).build();
        var watched = new Connections(other, MOST);
        var listening = watched.watch(
                        other.createHttpServer(Connections.limit(new HttpServerOptions())),
                        request ->
                                other.setTimer(100, later -> request.response().end()))
                .listen(0, "127.0.0.1")
                .await();
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), listening.actualPort())) {
            socket.setSoTimeout(10_000);
            send(socket, REQUEST + REQUEST);
            socket.shutdownOutput();

            assertThat(isAnswered(socket)).isTrue();
            assertThat(isAnswered(socket)).isTrue();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } finally {
            other.close().await(10, TimeUnit.SECONDS);
        }
        assertThat(watched.count()).isZero();
    }

    @Test
    void one_that_is_half_closed_and_not_answered_is_closed_in_time() throws Exception {
        var silent = vertx.createHttpServer(Connections.limit(new HttpServerOptions()));
        var listening =
                connections.watch(silent, request -> {}).listen(0, "127.0.0.1").await();
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), listening.actualPort())) {
            socket.setSoTimeout(10_000);
            send(socket, REQUEST);
            socket.shutdownOutput();

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        awaitCount(0);
    }

    @Test
    void closed_ones_are_not_counted() throws Exception {
        try (var polite = connect();
                var rude = connect()) {
            call(polite);
            call(rude);
            awaitCount(2);

            rude.setSoLinger(true, 0);
        }

        awaitCount(0);
    }
}
