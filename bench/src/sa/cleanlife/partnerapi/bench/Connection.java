package sa.cleanlife.partnerapi.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import java.util.Optional;

/** A persistent connection to a server, with one request at a time. */
final class Connection {
    private static final String LENGTH = "\r\ncontent-length: ";

    private final SocketChannel channel;
    private final ByteBuffer received = ByteBuffer.allocate(16_384);
    private boolean busy;
    private long since;
    private int number;

    private Connection(SocketChannel channel) {
        this.channel = channel;
    }

    static Connection open(int port, Selector selector) throws IOException {
        var channel = SocketChannel.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        var connection = new Connection(channel);
        channel.register(selector, SelectionKey.OP_READ, connection);
        return connection;
    }

    /**
     * A response, or the end of the connection.
     *
     * @param status 0 for the end
     * @param isLast whether the connection cannot be used any more
     */
    record Received(int status, boolean saysWhenToRetry, boolean isLast) {
        private static final Received END = new Received(0, false, true);
    }

    boolean isBusy() {
        return busy;
    }

    void setIdle() {
        busy = false;
    }

    /** The time from which the latency of the current request counts. */
    long since() {
        return since;
    }

    /** The number of the last requested phone. */
    int number() {
        return number;
    }

    void send(byte[] request, int number, long since) throws IOException {
        this.number = number;
        this.since = since;
        busy = true;
        var bytes = ByteBuffer.wrap(request);
        try {
            // A request is far smaller than the send buffer of an idle connection.
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException closedMeanwhile) {
            // The next read finds that the connection was closed.
        }
    }

    /** The response; empty until it is complete. */
    Optional<Received> receive() {
        try {
            if (channel.read(received) < 0) {
                return Optional.of(Received.END);
            }
        } catch (IOException reset) {
            return Optional.of(Received.END);
        }
        var text = new String(received.array(), 0, received.position(), ISO_8859_1);
        int headEnd = text.indexOf("\r\n\r\n");
        if (headEnd < 0) {
            return Optional.empty();
        }
        var head = text.substring(0, headEnd + 2).toLowerCase(Locale.ROOT);
        int lengthAt = head.indexOf(LENGTH);
        if (lengthAt < 0) {
            throw new CheckFailedException("a response without a content-length: " + head);
        }
        int lengthStart = lengthAt + LENGTH.length();
        int length = Integer.parseInt(head.substring(lengthStart, head.indexOf('\r', lengthStart)));
        if (received.position() < headEnd + 4 + length) {
            return Optional.empty();
        }
        received.clear();
        return Optional.of(new Received(
                Integer.parseInt(head.substring(9, 12)),
                head.contains("\r\nretry-after: "),
                head.contains("\r\nconnection: close")));
    }

    void close() throws IOException {
        channel.close();
    }
}
