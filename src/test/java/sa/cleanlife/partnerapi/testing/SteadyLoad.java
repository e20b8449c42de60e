package sa.cleanlife.partnerapi.testing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;

/** Several clients that each request one new phone after another, and record every outcome. */
public final class SteadyLoad implements AutoCloseable {
    private static final AtomicInteger PHONES = new AtomicInteger(10_000_000);

    private final int port;
    private final String key;
    private final Duration pause;
    private final LoadClient client;
    private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    private final List<Future<Void>> loops = new ArrayList<>();
    private volatile boolean stopped;

    /**
     * The outcome of one request.
     *
     * @param reply empty when the connection failed or no response came in time
     * @param sentNanos by {@link System#nanoTime}, like {@code endedNanos}
     */
    public record Outcome(String phone, String name, Optional<Reply> reply, long sentNanos, long endedNanos) {
        public boolean isAcknowledged() {
            return status() == 200;
        }

        /** The status, or 0 without a response. */
        public int status() {
            return reply.map(Reply::status).orElse(0);
        }

        public Duration took() {
            return Duration.ofNanos(endedNanos - sentNanos);
        }
    }

    private SteadyLoad(int port, String key, int clients, Duration pause) {
        this.port = port;
        this.key = key;
        this.pause = pause;
        this.client = new LoadClient(clients);
        for (int i = 0; i < clients; i++) {
            Promise<Void> ended = Promise.promise();
            loops.add(ended.future());
            next(ended);
        }
    }

    /** Starts the clients; each pauses between a response and its next request. */
    public static SteadyLoad start(int port, String key, int clients, Duration pause) {
        return new SteadyLoad(port, key, clients, pause);
    }

    private void next(Promise<Void> ended) {
        if (stopped) {
            ended.complete();
            return;
        }
        var phone = "+9665" + PHONES.getAndIncrement();
        var name = "Customer of " + phone;
        long sent = System.nanoTime();
        client.postContact(port, key, phone, name).onComplete(reply -> {
            outcomes.add(new Outcome(phone, name, Optional.ofNullable(reply.result()), sent, System.nanoTime()));
            // Without a listener failures come at once, and more of them prove nothing.
            var wait = reply.failed() ? pause.plusMillis(20) : pause;
            client.after(wait, () -> next(ended));
        });
    }

    /** The outcomes of the requests that have ended so far. */
    public List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    public long acknowledged() {
        return outcomes.stream().filter(Outcome::isAcknowledged).count();
    }

    /** Waits for the outstanding responses. */
    public List<Outcome> stop() {
        stopped = true;
        LoadClient.await(Future.all(loops));
        return outcomes();
    }

    /** The number of responses by status, for a message. */
    public static Map<Integer, Long> statuses(Stream<Outcome> outcomes) {
        return outcomes.collect(Collectors.groupingBy(Outcome::status, TreeMap::new, Collectors.counting()));
    }

    @Override
    public void close() {
        stopped = true;
        client.close();
    }
}
