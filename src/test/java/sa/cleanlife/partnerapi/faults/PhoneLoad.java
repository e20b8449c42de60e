package sa.cleanlife.partnerapi.faults;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.contacts.PhoneTexts;
import sa.cleanlife.partnerapi.faults.History.Answer;
import sa.cleanlife.partnerapi.faults.History.FindOrCreate;
import sa.cleanlife.partnerapi.faults.History.Lost;
import sa.cleanlife.partnerapi.faults.History.Read;
import sa.cleanlife.partnerapi.faults.History.Refused;
import sa.cleanlife.partnerapi.faults.History.Told;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;

/**
 * Clients that request the same phones in all spellings from two nodes, read the contacts that they were given, and
 * record every request. Phones are introduced little by little, so that there are new ones whenever a fault strikes,
 * and several clients request each at once.
 */
final class PhoneLoad implements AutoCloseable {
    static final int PHONES = 10_000;

    private static final int CLIENTS = 64;
    private static final int SPELLINGS = 4;
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(3);

    /** The pause between a response and the same client's next request: the two cores also run the servers. */
    private static final Duration PAUSE = Duration.ofMillis(5);

    /** Without a listener failures come at once, and more of them prove nothing. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);

    /** The attempts for each of the last requests. */
    private static final int REPEATS = 5;

    private final List<Integer> ports;
    private final String key;
    private final History history;
    private final LoadClient client = new LoadClient(CLIENTS, LONGEST_ANSWER);
    private final String[] phones = new String[PHONES];
    private final String[][] spellings = new String[PHONES][SPELLINGS];
    private final AtomicReferenceArray<@Nullable UUID> ids = new AtomicReferenceArray<>(PHONES);
    private final List<Service> services;
    private final Service whole = new Service();
    private final AtomicLong calls = new AtomicLong();
    private final List<Future<Void>> loops = new ArrayList<>();
    private final AtomicInteger known = new AtomicInteger();
    private volatile int newest;
    private volatile boolean stopped;

    /** The longest time during which no request succeeded. */
    static final class Service {
        private long last = System.nanoTime();
        private long longest;
        private long answers;

        private synchronized void answered() {
            note();
            answers++;
        }

        private void note() {
            long now = System.nanoTime();
            longest = Math.max(longest, now - last);
            last = now;
        }

        synchronized void restart() {
            note();
            longest = 0;
        }

        synchronized Duration longestGap() {
            return Duration.ofNanos(Math.max(longest, System.nanoTime() - last));
        }

        synchronized long answers() {
            return answers;
        }
    }

    /** @param ports one for each node */
    PhoneLoad(List<Integer> ports, String key, long seed, History history) {
        this.ports = ports;
        this.key = key;
        this.history = history;
        this.services = ports.stream().map(port -> new Service()).toList();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < PHONES; i++) {
            var phone = "+96655%07d".formatted(i);
            phones[i] = phone;
            spellings[i][0] = phone;
            for (int j = 1; j < SPELLINGS; j++) {
                spellings[i][j] = PhoneTexts.decorated(phone, random);
            }
        }
        askForNewPhones(100);
        for (int i = 0; i < CLIENTS; i++) {
            Promise<Void> ended = Promise.promise();
            loops.add(ended.future());
            next(i % ports.size(), "Guest " + i, random.split(), ended);
        }
    }

    /** Directs half of the requests to this many new phones from now on. */
    void askForNewPhones(int count) {
        newest = Math.min(count, PHONES - known.get());
        known.addAndGet(newest);
    }

    /** Each client keeps to one node, so that a node that hangs delays only its own clients. */
    private void next(int node, String name, SplittableRandom random, Promise<Void> ended) {
        if (stopped) {
            ended.complete();
            return;
        }
        int asked = known.get();
        int any = random.nextInt(asked);
        int fresh = newest;
        int phone = fresh > 0 && random.nextBoolean() ? asked - 1 - random.nextInt(fresh) : any;
        var id = ids.get(any);
        var call = id != null && random.nextInt(5) == 0
                ? read(node, id)
                : findOrCreate(node, phone, spellings[phone][random.nextInt(SPELLINGS)], name);
        call.onComplete(reply ->
                client.after(reply.succeeded() ? PAUSE : PAUSE_AFTER_FAILURE, () -> next(node, name, random, ended)));
    }

    private Future<Reply> findOrCreate(int node, int phone, String spelling, String name) {
        long start = System.nanoTime();
        return client.postContact(ports.get(node), key, spelling, name).onComplete(reply -> {
            var answer = answer(reply);
            history.add(new FindOrCreate(phones[phone], spelling, name, start, System.nanoTime(), answer));
            count(node, answer);
            if (answer instanceof Told told) {
                ids.set(phone, told.id());
            }
        });
    }

    private Future<Reply> read(int node, UUID id) {
        long start = System.nanoTime();
        return client.getContact(ports.get(node), key, id.toString()).onComplete(reply -> {
            var answer = answer(reply);
            history.add(new Read(id, start, System.nanoTime(), answer));
            count(node, answer);
        });
    }

    private static Answer answer(AsyncResult<Reply> reply) {
        if (reply.failed()) {
            return new Lost();
        }
        var answer = reply.result();
        return answer.status() == 200
                ? new Told(UUID.fromString(answer.id()), answer.phone(), answer.name(), answer.isNewContact())
                : new Refused(answer.status());
    }

    private void count(int node, Answer answer) {
        calls.incrementAndGet();
        if (answer instanceof Told) {
            services.get(node).answered();
            whole.answered();
        }
    }

    long calls() {
        return calls.get();
    }

    Service service(int node) {
        return services.get(node);
    }

    Service wholeService() {
        return whole;
    }

    /**
     * Waits for the outstanding responses, requests the phones without a successful response again, and then reads
     * every contact on every node.
     *
     * @return the responses to these last requests
     */
    List<Reply> finish() {
        stopped = true;
        LoadClient.await(Future.all(loops));
        var last = new ArrayList<>(inWaves(
                IntStream.range(0, PHONES)
                        .filter(phone -> ids.get(phone) == null)
                        .boxed(),
                phone -> persistently(() -> findOrCreate(0, phone, phones[phone], "Last guest"), REPEATS)));
        for (int i = 0; i < ports.size(); i++) {
            int node = i;
            last.addAll(inWaves(
                    IntStream.range(0, PHONES).mapToObj(ids::get).flatMap(id -> Optional.ofNullable(id).stream()),
                    id -> persistently(() -> read(node, id), REPEATS)));
        }
        return last;
    }

    /**
     * Repeats a failed request: a connection that fell silent in the last fault is detected only when it is used again.
     */
    private static Future<Reply> persistently(Supplier<Future<Reply>> call, int repeats) {
        return call.get()
                .transform(reply ->
                        repeats > 0 && (reply.failed() || reply.result().status() == 503)
                                ? persistently(call, repeats - 1)
                                : (Future<Reply>) reply);
    }

    /**
     * Sends no more requests at once than there are connections: a request that waits for a connection also waits for
     * its response, and would time out.
     */
    private static <T> List<Reply> inWaves(Stream<T> what, Function<T, Future<Reply>> call) {
        return what.gather(Gatherers.windowFixed(CLIENTS))
                .flatMap(wave -> LoadClient.all(wave.stream().map(call).toList()).stream())
                .toList();
    }

    @Override
    public void close() {
        stopped = true;
        client.close();
    }
}
