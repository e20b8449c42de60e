package sa.cleanlife.partnerapi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** Sends a request to a starting server every other millisecond until it gets a 200. */
final class FirstAnswer {
    private static final Duration BETWEEN = Duration.ofMillis(2);
    private static final int TIMEOUT_MILLIS = 5_000;

    private FirstAnswer() {}

    static void await(Process process, int port, String key, long seconds) {
        var request = Requests.post(port, key).next().clone();
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        while (!isAnswered(port, request)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("the server did not start; start it by hand to find out why");
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean isAnswered(int port, byte[] request) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request);
            return new String(socket.getInputStream().readNBytes(12), US_ASCII).equals("HTTP/1.1 200");
        } catch (IOException notYet) {
            return false;
        }
    }
}
