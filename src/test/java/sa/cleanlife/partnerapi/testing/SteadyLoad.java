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

/** Several clients that keep asking, each for one new phone after the other, and remember what they were told. */
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
     * What became of one request.
     *
     * @param reply empty when the connection failed, or nothing came in time
     * @param sentNanos as {@link System#nanoTime} counts, like {@code endedNanos}
     */
    public record Outcome(String phone, String name, Optional<Reply> reply, long sentNanos, long endedNanos) {
        public boolean isAcknowledged() {
            return status() == 200;
        }

        /** 0 when there was no answer. */
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

    /** The pause lies between an answer and the same client's next request. */
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
            // Where nothing listens, failures come fast; nobody is helped by more of them.
            var wait = reply.failed() ? pause.plusMillis(20) : pause;
            client.after(wait, () -> next(ended));
        });
    }

    /** What was asked and has ended so far. */
    public List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    public long acknowledged() {
        return outcomes.stream().filter(Outcome::isAcknowledged).count();
    }

    /** Waits for the answers that are due. */
    public List<Outcome> stop() {
        stopped = true;
        LoadClient.await(Future.all(loops));
        return outcomes();
    }

    /** How often each status was answered, for a message. */
    public static Map<Integer, Long> statuses(Stream<Outcome> outcomes) {
        return outcomes.collect(Collectors.groupingBy(Outcome::status, TreeMap::new, Collectors.counting()));
    }

    @Override
    public void close() {
        stopped = true;
        client.close();
    }
}
