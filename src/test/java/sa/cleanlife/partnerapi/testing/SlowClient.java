package sa.cleanlife.partnerapi.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/** A client that occupies a connection to no purpose: it sends slowly, or never reads responses. */
public final class SlowClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final SocketChannel channel;
    private final long startedNanos = System.nanoTime();
    private Optional<Duration> endedAfter = Optional.empty();

    private SlowClient(SocketChannel channel) {
        this.channel = channel;
    }

    public static SlowClient connect(int port) {
        return connect(port, 0);
    }

    /** A client that reads nothing and has a small receive buffer. */
    public static SlowClient deaf(int port) {
        return connect(port, 4 * 1024);
    }

    private static SlowClient connect(int port, int receiveBuffer) {
        try {
            var channel = SocketChannel.open();
            if (receiveBuffer > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
            }
            channel.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            channel.socket().setSoTimeout(TIMEOUT_MILLIS);
            return new SlowClient(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends what the kernel accepts without blocking, and notes whether the server has closed the connection. */
    public SlowClient pour(String text) {
        if (endedAfter.isPresent()) {
            return this;
        }
        try {
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
            channel.configureBlocking(true);
        } catch (IOException ended) {
            endedAfter = Optional.of(age());
        }
        return this;
    }

    /** How long the server kept the connection; empty while sending still succeeds. */
    public Optional<Duration> endedAfter() {
        return endedAfter;
    }

    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    /** Sends a request and reads the whole response; returns its status, or 0 when there is none. */
    public int call(String request) {
        return pour(request).answer();
    }

    /** Reads the next response to its end and returns its status, or 0 when the connection is closed instead. */
    public int answer() {
        try {
            var in = channel.socket().getInputStream();
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return 0;
                }
                head.append((char) next);
            }
            var length = head.toString()
                    .lines()
                    .map(String::toLowerCase)
                    .filter(line -> line.startsWith("content-length:"))
                    .findFirst()
                    .map(line -> Integer.parseInt(
                            line.substring(line.indexOf(':') + 1).strip()));
            in.skipNBytes(length.orElse(0));
            return Integer.parseInt(head.substring(9, 12));
        } catch (IOException e) {
            return 0;
        }
    }

    /** Closes the connection with a reset, as the kernel does for a killed process. */
    public void reset() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
