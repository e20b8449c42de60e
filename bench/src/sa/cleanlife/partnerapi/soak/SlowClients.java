package sa.cleanlife.partnerapi.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import sa.cleanlife.partnerapi.testing.SlowClient;

/**
 * Keeps a fixed number of idle, slow and non-reading clients connected: whenever the server closes one, another
 * connects.
 */
final class SlowClients implements AutoCloseable {
    private static final Duration BETWEEN_BYTES = Duration.ofSeconds(1);
    private static final Duration SILENCE = Duration.ofSeconds(90);
    private static final String HOST = " HTTP/1.1\r\nHost: soak\r\n";
    private static final String CALL = "GET /" + HOST + "\r\n";

    private final List<Kind> kinds = new ArrayList<>();
    private final CompletableFuture<Void> running;
    private final AtomicLong longestBetweenLooks = new AtomicLong();
    private volatile boolean stopped;

    private SlowClients(int port, int managementPort, String key) {
        var post = "POST /v1/partners/contacts" + HOST + "x-api-key: " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n";
        Supplier<SlowClient> caller = () -> {
            var client = SlowClient.connect(port);
            client.call(CALL);
            return client;
        };
        kinds.add(new Kind("idle", 200, false, 75, caller));
        kinds.add(new Kind(
                "slow in the first head",
                20,
                true,
                10,
                () -> SlowClient.connect(port).pour("GET /")));
        kinds.add(new Kind("slow in the next head", 20, true, 75, caller));
        kinds.add(new Kind(
                "slow in a body", 20, true, 15, () -> SlowClient.connect(port).pour(post)));
        kinds.add(new Kind(
                "deaf to answers", 20, true, 10, () -> SlowClient.deaf(port).pour(CALL.repeat(5_000))));
        kinds.add(new Kind(
                "deaf to a page",
                20,
                true,
                10,
                () -> SlowClient.deaf(port).pour("GET /docs/swagger-ui-bundle.js" + HOST + "\r\n")));
        kinds.add(new Kind(
                "deaf to the metrics",
                2,
                true,
                10,
                () -> SlowClient.deaf(managementPort).pour(("GET /metrics" + HOST + "\r\n").repeat(20))));
        running = CompletableFuture.runAsync(this::keepUp, Thread::startVirtualThread);
    }

    static SlowClients start(int port, int managementPort, String key) {
        return new SlowClients(port, managementPort, key);
    }

    /** The clients of one kind, each of which the server must close after this many seconds. */
    static final class Kind {
        private final String name;
        private final boolean drips;
        private final int seconds;
        private final Supplier<SlowClient> another;
        private final List<SlowClient> clients = new ArrayList<>();
        private final AtomicInteger ended = new AtomicInteger();
        private volatile Duration longest = Duration.ZERO;

        Kind(String name, int count, boolean drips, int seconds, Supplier<SlowClient> another) {
            this.name = name;
            this.drips = drips;
            this.seconds = seconds;
            this.another = another;
            for (int i = 0; i < count; i++) {
                clients.add(another.get());
            }
        }

        private void look() {
            for (int i = 0; i < clients.size(); i++) {
                var client = clients.get(i);
                // A silent client learns that its connection was closed only when it sends its next request.
                boolean silent = !drips && client.age().compareTo(SILENCE) > 0;
                if (drips) {
                    client.pour("x");
                } else if (silent && client.call(CALL) != 0) {
                    throw new AssertionError(name + " for " + client.age() + " and still connected");
                }
                if (silent || client.endedAfter().isPresent()) {
                    longest = client.endedAfter()
                            .filter(after -> after.compareTo(longest) > 0)
                            .orElse(longest);
                    ended.incrementAndGet();
                    client.close();
                    clients.set(i, another.get());
                }
            }
        }

        /** @param slack the allowed delay in noticing it */
        boolean wereEndedInTime(Duration slack) {
            return longest.compareTo(Duration.ofSeconds(seconds).plus(slack)) < 0;
        }

        int ended() {
            return ended.get();
        }

        @Override
        public String toString() {
            return "%s: %d ended%s"
                    .formatted(
                            name,
                            ended.get(),
                            longest.isZero() ? "" : ", none later than " + longest.toSeconds() + " s");
        }
    }

    private void keepUp() {
        long last = System.nanoTime();
        while (!stopped) {
            kinds.forEach(Kind::look);
            MixedLoad.pause(BETWEEN_BYTES);
            longestBetweenLooks.accumulateAndGet(System.nanoTime() - last, Math::max);
            last = System.nanoTime();
        }
    }

    /** The delay in noticing a close: the first byte sent after it provokes a reset, and only the second fails. */
    Duration noticedWithin() {
        return Duration.ofNanos(2 * longestBetweenLooks.get());
    }

    List<Kind> kinds() {
        return kinds;
    }

    /** Throws the failure of a client that was closed too early. */
    @Override
    public void close() {
        stopped = true;
        try {
            running.join();
        } finally {
            kinds.forEach(kind -> kind.clients.forEach(SlowClient::close));
        }
    }
}
