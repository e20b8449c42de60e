package sa.cleanlife.partnerapi.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sa.cleanlife.partnerapi.faults.Relay.Direction;

/** Each network fault has the effect that its name says: one that breaks nothing would let every server pass. */
@Timeout(20)
class RelayTest {
    private ServerSocket listening;
    private Relay relay;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        relay = Relay.to(listening.getLocalPort());
        client = newClient();
        server = listening.accept();
        send(client, 'a');
        assertThat(server.getInputStream().read()).isEqualTo('a');
        send(server, 'b');
        assertThat(client.getInputStream().read()).isEqualTo('b');
    }

    @AfterEach
    void close() throws IOException {
        try (var _ = listening;
                var _ = relay;
                var _ = client;
                var _ = server) {
            // Try-with-resources closes each even if another fails to close.
        }
    }

    private Socket newClient() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), relay.port());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static void send(Socket socket, char c) throws IOException {
        socket.getOutputStream().write(c);
    }

    private void assertThatNewConnectionsWork() throws IOException {
        try (var newcomer = newClient();
                var accepted = listening.accept()) {
            send(newcomer, 'n');
            assertThat(accepted.getInputStream().read()).isEqualTo('n');
        }
    }

    @Test
    void that_falls_silent_delivers_nothing_and_ends_nothing() throws IOException {
        relay.fallSilent();

        send(client, 'c');
        server.setSoTimeout(200);
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> server.getInputStream().read());
        relay.recover();
        send(client, 'd');
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> server.getInputStream().read());
        assertThatNewConnectionsWork();
    }

    @Test
    void that_is_slow_delivers_late() throws IOException {
        relay.delay(Duration.ofMillis(300));
        long sent = System.nanoTime();

        send(client, 'c');

        assertThat(server.getInputStream().read()).isEqualTo('c');
        assertThat(Duration.ofNanos(System.nanoTime() - sent)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        relay.recover();
        send(server, 'd');
        assertThat(client.getInputStream().read()).isEqualTo('d');
    }

    @Test
    void that_is_cut_ends_all_connections_also_new_ones() throws IOException {
        relay.cut();

        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        try (var newcomer = newClient()) {
            assertThat(newcomer.getInputStream().read()).isEqualTo(-1);
        }
        relay.recover();
        assertThatNewConnectionsWork();
    }

    @Test
    void that_resets_breaks_connections() throws IOException {
        relay.reset();

        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> client.getInputStream().read());
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> server.getInputStream().read());
        assertThatNewConnectionsWork();
    }

    @Test
    void that_is_half_closed_ends_one_direction_and_leaves_the_other() throws IOException {
        relay.halfClose(Direction.TO_SERVER);

        assertThat(server.getInputStream().read()).isEqualTo(-1);
        send(server, 'c');
        assertThat(client.getInputStream().read()).isEqualTo('c');
        assertThatNewConnectionsWork();
    }

    @Test
    void ends_a_connection_whose_server_is_away_and_works_when_it_is_back() throws IOException {
        int port = listening.getLocalPort();
        listening.close();
        try (var lost = newClient()) {
            assertThat(lost.getInputStream().read()).isEqualTo(-1);
        }

        listening = new ServerSocket(port, 10, InetAddress.getLoopbackAddress());

        assertThatNewConnectionsWork();
    }
}
