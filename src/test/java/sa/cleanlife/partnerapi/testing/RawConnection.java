package sa.cleanlife.partnerapi.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;

/**
 * A connection that can send any bytes, including those that no HTTP client would send. It waits at most 20 s for the
 * server.
 */
public final class RawConnection implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Socket socket;
    private final InputStream in;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    public static RawConnection to(RunningApi server) {
        try {
            var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            return new RawConnection(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends each character as one byte. */
    public RawConnection send(String text) {
        return send(text.getBytes(ISO_8859_1));
    }

    public RawConnection send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Shuts down the sending side; reading goes on. */
    public RawConnection endSending() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the body of a request byte by byte. */
    public RawConnection sendSlowly(String text, Duration pause) {
        for (int i = 0; i < text.length(); i++) {
            send(text.substring(i, i + 1));
            sleep(pause);
        }
        return this;
    }

    public static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The next response; fails when there is none or when {@code openapi.yaml} does not describe it. */
    public Answer answer() {
        var answer = readAnswer(true);
        checkAgainstReference(answer);
        return answer;
    }

    /** The response to HEAD, which has no body whatever its headers say. */
    public Answer answerToHead() {
        return readAnswer(false);
    }

    /** The first line of an interim response, such as {@code HTTP/1.1 100 Continue}. */
    public String interimAnswer() {
        return readHead().strip();
    }

    /** Asserts that the server closes the connection without sending anything more. */
    public void assertEnds() {
        try {
            assertThat(in.read()).as("the next byte on the connection").isEqualTo(-1);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server does not close the connection", e);
        } catch (SocketException reset) {
            // A reset closes the connection too: the server had unread bytes.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer readAnswer(boolean withBody) {
        var lines = readHead().strip().lines().toList();
        var headers = new HashMap<String, String>();
        for (var line : lines.subList(1, lines.size())) {
            var colon = line.indexOf(':');
            var name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.merge(name, line.substring(colon + 1).strip(), (one, other) -> one + ", " + other);
        }
        var length = withBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
        return new Answer(Integer.parseInt(lines.getFirst().substring(9, 12)), headers, read(length));
    }

    private String readHead() {
        var head = new StringBuilder();
        try {
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                assertThat(next).as("the response's head after: " + head).isNotEqualTo(-1);
                head.append((char) next);
            }
        } catch (IOException e) {
            throw new AssertionError("no response after: " + head, e);
        }
        return head.toString();
    }

    private String read(int length) {
        try {
            return new String(in.readNBytes(length), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void checkAgainstReference(Answer answer) {
        if (!"application/json".equals(answer.headers().get("content-type"))) {
            return;
        }
        var method = answer.status() == 405 ? "DELETE" : "POST";
        var path = answer.status() == 404 ? "/unknown" : TestPartner.CONTACTS;
        OpenApi.check(method, path, answer.status(), answer.headers(), answer.body());
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
