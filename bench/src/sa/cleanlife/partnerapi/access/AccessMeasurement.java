package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/**
 * Measures what a test cannot assert, since machines differ: how much a flood of invalid keys slows a partner's
 * requests, as a ratio within one run, and how long a revocation takes to reach another node.
 */
public final class AccessMeasurement {
    private static final Duration ROUND = Duration.ofSeconds(6);
    private static final int ROUNDS = 5;
    private static final int GOOD_CONNECTIONS = 8;
    private static final int JUNK_CONNECTIONS = 64;

    private AccessMeasurement() {}

    public static void main(String[] args) {
        var database = TestPostgres.newDatabase();
        try (var one = RunningApi.start(database, Clock.systemUTC());
                var other = RunningApi.start(database, Clock.systemUTC());
                var client = new LoadClient(GOOD_CONNECTIONS);
                var flood = new LoadClient(JUNK_CONNECTIONS)) {
            measureFlood(one, client, flood);
            measureRevocation(one, other);
        }
        System.exit(0);
    }

    private static void measureFlood(RunningApi server, LoadClient client, LoadClient flood) {
        var partner = server.newPartner();
        var phones =
                IntStream.range(0, 1_000).mapToObj(i -> RunningApi.newPhone()).toList();
        phones.forEach(phone -> partner.postContact(phone, "Ahmed Ali"));
        // Warms up both sides before the measurement.
        round(partner, client, phones);
        flooded(partner, client, phones, flood, true);
        flooded(partner, client, phones, flood, false);
        var without = new ArrayList<Double>();
        var withUnknown = new ArrayList<Double>();
        var withMalformed = new ArrayList<Double>();
        for (int i = 0; i < ROUNDS; i++) {
            without.add(round(partner, client, phones));
            withUnknown.add(flooded(partner, client, phones, flood, true));
            withMalformed.add(flooded(partner, client, phones, flood, false));
        }
        report("unknown, well-formed keys", without, withUnknown);
        report("malformed keys", without, withMalformed);
    }

    private static void report(String what, List<Double> without, List<Double> with) {
        var ratios = IntStream.range(0, without.size())
                .mapToDouble(i -> with.get(i) / without.get(i))
                .sorted()
                .toArray();
        System.out.printf(
                Locale.ROOT,
                "p99 of a partner with a valid key, ms: without %s, with a flood of %s %s; ratio, median of %d rounds: %.2f%n",
                rounded(without),
                what,
                rounded(with),
                ratios.length,
                ratios[ratios.length / 2]);
    }

    private static List<String> rounded(List<Double> millis) {
        return millis.stream().map(each -> "%.2f".formatted(each)).toList();
    }

    /** The p99 in milliseconds of a closed loop of requests for existing phones. */
    private static double round(TestPartner partner, LoadClient client, List<String> phones) {
        var nanos = new ConcurrentLinkedQueue<Long>();
        long end = System.nanoTime() + ROUND.toNanos();
        var loops = new ArrayList<Future<Void>>();
        for (int i = 0; i < GOOD_CONNECTIONS; i++) {
            loops.add(repeat(() -> System.nanoTime() > end, () -> ask(partner, client, phones, nanos)));
        }
        LoadClient.await(Future.all(loops));
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[(int) (sorted.length * 0.99)] / 1e6;
    }

    private static Future<Void> ask(
            TestPartner partner, LoadClient client, List<String> phones, ConcurrentLinkedQueue<Long> nanos) {
        var phone = phones.get(RandomGenerator.getDefault().nextInt(phones.size()));
        return client.postContact(partner.server().port(), partner.key(), phone, "Ahmed Ali")
                .map(reply -> {
                    if (reply.status() != 200) {
                        throw new AssertionError("response with status " + reply.status());
                    }
                    nanos.add(reply.took().toNanos());
                    return null;
                });
    }

    /** Sends one request after another, without a chain of futures that grows with each. */
    private static Future<Void> repeat(BooleanSupplier isOver, Supplier<Future<Void>> call) {
        Promise<Void> over = Promise.promise();
        repeat(isOver, call, over);
        return over.future();
    }

    private static void repeat(BooleanSupplier isOver, Supplier<Future<Void>> call, Promise<Void> over) {
        if (isOver.getAsBoolean()) {
            over.complete();
        } else {
            call.get().onComplete(done -> repeat(isOver, call, over), over::fail);
        }
    }

    private static double flooded(
            TestPartner partner, LoadClient client, List<String> phones, LoadClient flood, boolean wellFormed) {
        var stopped = new AtomicBoolean();
        var refused = new AtomicLong();
        var loops = new ArrayList<Future<Void>>();
        for (int i = 0; i < JUNK_CONNECTIONS; i++) {
            loops.add(repeat(stopped::get, () -> guess(partner.server().port(), flood, wellFormed, refused)));
        }
        double p99 = round(partner, client, phones);
        stopped.set(true);
        LoadClient.await(Future.all(loops));
        System.out.printf("%,d guesses rejected in %d s%n", refused.get(), ROUND.toSeconds());
        return p99;
    }

    private static Future<Void> guess(int port, LoadClient flood, boolean wellFormed, AtomicLong refused) {
        var key = wellFormed
                ? ApiKey.generate(ApiKey.Kind.LIVE, RandomGenerator.getDefault())
                        .reveal()
                : "pk_live_" + UUID.randomUUID();
        return flood.getContact(port, key, UUID.randomUUID().toString()).map(reply -> {
            if (reply.status() != 401) {
                throw new AssertionError("response with status " + reply.status());
            }
            refused.incrementAndGet();
            return null;
        });
    }

    private static void measureRevocation(RunningApi one, RunningApi other) {
        long[] millis = new long[20];
        for (int i = 0; i < millis.length; i++) {
            var partner = one.newPartner();
            var elsewhere = partner.at(other);
            while (elsewhere.get("/v1/partners/contacts/" + UUID.randomUUID())
                            .status()
                    != 404) {}
            millis[i] = one.administer((partners, keys) -> {
                keys.revoke(partner.keyId().toString()).await();
                long revoked = System.nanoTime();
                while (elsewhere.get("/v1/partners/contacts/" + UUID.randomUUID())
                                .status()
                        != 401) {}
                return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - revoked);
            });
        }
        Arrays.sort(millis);
        System.out.printf(
                "from a revocation to the first 401 on another node, ms: median %d, largest of %d: %d%n",
                millis[millis.length / 2], millis.length, millis[millis.length - 1]);
    }
}
