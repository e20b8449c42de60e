package sa.cleanlife.partnerapi.soak;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.SlowClient;

/**
 * A day's mixture of traffic at once: valid and invalid requests on persistent and on new connections, and clients that
 * disconnect in the middle of a request. {@link SlowClients} come in addition.
 */
final class MixedLoad implements AutoCloseable {
    private static final int CALLERS = 16;
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration BETWEEN_VISITORS = Duration.ofMillis(20);
    private static final int KNOWN_PHONES = 10_000;
    private static final String NAME = "Ahmed Ali";
    private static final String UNKNOWN_KEY = "pk_live_0123456789ABCDEFGHIJKLMNOP49O6qD";
    private static final String UNKNOWN_ID = "8c5a2f3e-0000-4000-8000-000000000000";
    private static final String NOT_THERE = "read what is not there";
    private static final AtomicInteger NEW_PHONES = new AtomicInteger(20_000_000);
    private static final String HOST = " HTTP/1.1\r\nHost: soak\r\n";

    /** A key without limits, one with few requests a minute, and one with few new contacts a day. */
    record Keys(String good, String limited, String modest) {}

    private final int port;
    private final int managementPort;
    private final Keys keys;
    private final LoadClient client = new LoadClient(CALLERS);
    private final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();
    private final List<CompletableFuture<Void>> loops = new ArrayList<>();
    private volatile String knownId = UNKNOWN_ID;
    private volatile boolean stopped;

    private MixedLoad(int port, int managementPort, Keys keys) {
        this.port = port;
        this.managementPort = managementPort;
        this.keys = keys;
        for (int i = 0; i < CALLERS; i++) {
            loops.add(CompletableFuture.runAsync(this::keepCalling, Thread::startVirtualThread));
        }
        loops.add(CompletableFuture.runAsync(this::keepVisiting, Thread::startVirtualThread));
    }

    static MixedLoad start(int port, int managementPort, Keys keys) {
        return new MixedLoad(port, managementPort, keys);
    }

    private void keepCalling() {
        while (!stopped) {
            int percent = ThreadLocalRandom.current().nextInt(100);
            if (percent < 48) {
                var found = count("find", post(keys.good(), knownPhone()));
                if (found.status() == 200) {
                    knownId = found.id();
                }
            } else if (percent < 58) {
                count("create", post(keys.good(), newPhone()));
            } else if (percent < 72) {
                read(knownId);
            } else if (percent < 76) {
                read(UNKNOWN_ID);
            } else if (percent < 82) {
                count("bad phone", post(keys.good(), "0500000000"));
            } else if (percent < 86) {
                count("malformed key", post("pk_live_nonsense", knownPhone()));
            } else if (percent < 87) {
                count("unknown key", post(UNKNOWN_KEY, knownPhone()));
            } else if (percent < 92) {
                count("key with a rate limit", post(keys.limited(), knownPhone()));
            } else if (percent < 95) {
                count("key with a quota", post(keys.modest(), newPhone()));
            } else if (percent < 97) {
                count("page", client.get(port, percent == 95 ? "/docs/swagger-ui-bundle.js" : "/openapi.yaml"));
            } else {
                count("metrics", client.get(managementPort, "/metrics"));
            }
            pause(PAUSE);
        }
    }

    private Future<Reply> post(String key, String phone) {
        return client.postContact(port, key, phone, NAME);
    }

    private void read(String id) {
        // At first no contact has been found yet.
        count(id.equals(UNKNOWN_ID) ? NOT_THERE : "read", client.getContact(port, keys.good(), id));
    }

    private static String knownPhone() {
        return "+9665" + (30_000_000 + ThreadLocalRandom.current().nextInt(KNOWN_PHONES));
    }

    private String newPhone() {
        return "+9665" + NEW_PHONES.getAndIncrement();
    }

    private Reply count(String kind, Future<Reply> call) {
        var reply = LoadClient.await(call);
        count(kind, reply.status());
        return reply;
    }

    private void count(String kind, int status) {
        answers.computeIfAbsent(kind + ": " + status, first -> new LongAdder()).increment();
    }

    /** Sends each request on its own connection; every other client disconnects in the middle of it. */
    private void keepVisiting() {
        while (!stopped) {
            try (var visitor = SlowClient.connect(port)) {
                count(
                        "one call on a connection",
                        visitor.call("GET /v1/partners/contacts/" + UNKNOWN_ID + HOST + "x-api-key: " + keys.good()
                                + "\r\nConnection: close\r\n\r\n"));
            }
            SlowClient.connect(port)
                    .pour("POST /v1/partners/contacts" + HOST + "x-api-key: " + keys.good()
                            + "\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"phone\":")
                    .reset();
            pause(BETWEEN_VISITORS);
        }
    }

    static void pause(Duration pause) {
        try {
            Thread.sleep(pause.isNegative() ? Duration.ZERO : pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    long calls() {
        return answers.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** The number of responses by kind of request and status. */
    Map<String, LongAdder> answers() {
        return answers;
    }

    /** Waits for the outstanding responses; throws when one is missing. */
    @Override
    public void close() {
        stopped = true;
        try (client) {
            loops.forEach(CompletableFuture::join);
        }
    }
}
