package sa.cleanlife.partnerapi.faults;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import sa.cleanlife.partnerapi.faults.History.Answer;
import sa.cleanlife.partnerapi.faults.History.Call;
import sa.cleanlife.partnerapi.faults.History.FindOrCreate;
import sa.cleanlife.partnerapi.faults.History.Lost;
import sa.cleanlife.partnerapi.faults.History.Read;
import sa.cleanlife.partnerapi.faults.History.Refused;
import sa.cleanlife.partnerapi.faults.History.Told;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;

/** Clients of several nodes that race for the same phones, in various spellings, and record every response. */
final class RecordedLoad implements AutoCloseable {
    private static final int CLIENTS_PER_NODE = 12;
    private static final Duration PAUSE = Duration.ofMillis(4);
    private static final Duration AFTER_A_FAILURE = Duration.ofMillis(20);

    /** A phone is requested until this many newer ones exist; so several clients of all nodes race for each. */
    private static final int PHONES_AT_A_TIME = 40;

    /** The number of requests for each new phone. */
    private static final int CALLS_FOR_A_PHONE = 6;

    private static final AtomicInteger LOADS = new AtomicInteger();

    private final String key;

    /** No two loads use the same phones. */
    private final String phones = "+9665" + LOADS.incrementAndGet();

    private final LoadClient http = new LoadClient(CLIENTS_PER_NODE);
    private final AtomicInteger asked = new AtomicInteger();
    private final Queue<UUID> acknowledged = new ConcurrentLinkedQueue<>();
    private final Map<Integer, History> histories = new TreeMap<>();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean stopped;

    private RecordedLoad(String key, List<Integer> nodes) {
        this.key = key;
        nodes.forEach(node -> histories.put(node, new History()));
    }

    /** @param nodes the nodes' ports */
    static RecordedLoad start(String key, List<Integer> nodes) {
        var load = new RecordedLoad(key, nodes);
        load.histories.forEach((node, history) -> {
            for (int i = 0; i < CLIENTS_PER_NODE; i++) {
                var random = new Random(load.clients.size());
                load.clients.add(Thread.startVirtualThread(() -> load.ask(node, history, random)));
            }
        });
        return load;
    }

    private void ask(int node, History history, Random random) {
        while (!stopped) {
            var known = random.nextInt(8) == 0 ? acknowledged.poll() : null;
            var call = known == null ? findOrCreate(node, random) : read(node, known);
            history.add(call);
            if (call.answer() instanceof Told told) {
                acknowledged.add(told.id());
            }
            pause(call.answer() instanceof Told ? PAUSE : AFTER_A_FAILURE);
        }
    }

    private Call findOrCreate(int node, Random random) {
        int number = asked.getAndIncrement();
        int newest = number / CALLS_FOR_A_PHONE;
        int chosen = Math.max(0, newest - random.nextInt(PHONES_AT_A_TIME));
        var phone = phones + "%07d".formatted(chosen);
        var spelling = spelling(phone, random);
        var name = "Customer " + number;
        long start = System.nanoTime();
        var answer = answer(http.postContact(node, key, spelling, name));
        return new FindOrCreate(phone, spelling, name, start, System.nanoTime(), answer);
    }

    private Call read(int node, UUID id) {
        long start = System.nanoTime();
        var answer = answer(http.getContact(node, key, id.toString()));
        return new Read(id, start, System.nanoTime(), answer);
    }

    private static String spelling(String phone, Random random) {
        var number = phone.substring(4);
        return switch (random.nextInt(5)) {
            case 0 -> "+966(0)" + number;
            case 1 -> "+966-" + number.substring(0, 2) + "-" + number.substring(2);
            case 2 -> "\u200e" + phone;
            case 3 ->
                "+"
                        + phone.substring(1)
                                .chars()
                                .mapToObj(digit -> Character.toString(digit - '0' + '\u0660'))
                                .reduce("", String::concat);
            default -> phone;
        };
    }

    private static Answer answer(Future<Reply> asked) {
        try {
            var reply = LoadClient.await(asked);
            return reply.status() == 200
                    ? new Told(UUID.fromString(reply.id()), reply.phone(), reply.name(), reply.isNewContact())
                    : new Refused(reply.status());
        } catch (RuntimeException noAnswer) {
            return new Lost();
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The common prefix of all requested phones. */
    String phones() {
        return phones;
    }

    /** The completed requests to this node so far. */
    List<Call> calls(int node) {
        return Objects.requireNonNull(histories.get(node)).calls();
    }

    /** The completed requests to all nodes so far. */
    List<Call> calls() {
        return histories.keySet().stream().flatMap(node -> calls(node).stream()).toList();
    }

    /** Waits for the outstanding responses. */
    List<Call> stop() {
        stopped = true;
        try {
            for (var client : clients) {
                client.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return calls();
    }

    @Override
    public void close() {
        stop();
        http.close();
    }
}
