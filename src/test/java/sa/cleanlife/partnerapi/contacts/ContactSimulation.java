package sa.cleanlife.partnerapi.contacts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import sa.cleanlife.partnerapi.contacts.SimulatedQuestion.ById;
import sa.cleanlife.partnerapi.contacts.SimulatedQuestion.ByPhone;
import sa.cleanlife.partnerapi.database.InjectedFaults;
import sa.cleanlife.partnerapi.database.VirtualTime;
import sa.cleanlife.partnerapi.database.VirtualTime.Trace;
import sa.cleanlife.partnerapi.faults.History;
import sa.cleanlife.partnerapi.faults.History.Answer;
import sa.cleanlife.partnerapi.faults.History.Lost;
import sa.cleanlife.partnerapi.faults.History.Refused;
import sa.cleanlife.partnerapi.faults.History.Told;
import sa.cleanlife.partnerapi.faults.HistoryChecker;

/**
 * A simulated run: clients send several nodes requests for a few phones while the database, the network and the nodes
 * fail. The real {@link Contacts} serve in it, and one seed decides everything else.
 */
final class ContactSimulation {
    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    /** The outcome of a run, with the promises that it broke. */
    record Outcome(int calls, InjectedFaults faults, List<String> broken) {}

    private final VirtualTime time;
    private final SplittableRandom random;
    private final InjectedFaults faults = new InjectedFaults();
    private final SimulatedCluster cluster;
    private final History history = new History();
    private final List<UUID> known = new ArrayList<>();
    private final List<String> spellings;
    private final long longestPauseNanos;
    private final int limitedInTen;
    private final boolean isPoisonous;

    private ContactSimulation(long seed, Trace trace, UnaryOperator<ContactStore> stores) {
        this.time = new VirtualTime(trace);
        this.random = new SplittableRandom(seed);
        this.cluster = new SimulatedCluster(time, random.split(), faults, stores);
        this.spellings = Stream.generate(() -> PhoneTexts.mobile(random))
                .limit(1 + random.nextInt(oneOf(List.of(3, 30))))
                .flatMap(phone ->
                        Stream.of(phone, PhoneTexts.decorated(phone, random), PhoneTexts.decorated(phone, random)))
                .toList();
        this.longestPauseNanos = oneOf(List.of(1, 20, 400)) * MILLISECOND;
        this.limitedInTen = oneOf(List.of(0, 2, 9));
        this.isPoisonous = random.nextInt(3) == 0;
    }

    /** @param stores wraps the contact store, to inject faults of its own */
    static Outcome run(long seed, Trace trace, UnaryOperator<ContactStore> stores) {
        return new ContactSimulation(seed, trace, stores).run();
    }

    private Outcome run() {
        IntStream.rangeClosed(1, 2 + random.nextInt(10)).forEach(i -> new Client("client " + i));
        cluster.planFaults(4 * longestPauseNanos + 20 * MILLISECOND);
        var broken = new ArrayList<String>();
        try {
            time.run();
        } catch (RuntimeException e) {
            broken.add("THE_WORLD_GOES_ON: " + e);
        }
        cluster.broken().forEach(broken::add);
        HistoryChecker.violations(history.calls(), rows()).stream()
                .map(violation -> violation.promise() + ": " + violation.evidence())
                .forEach(broken::add);
        return new Outcome(history.calls().size(), faults, broken);
    }

    private List<History.Row> rows() {
        return cluster.rows().stream()
                .map(row -> new History.Row(
                        row.id(), row.request().phone().e164(), row.request().name()))
                .toList();
    }

    private <T> T oneOf(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** A client that sends one request after another, and repeats some after a failure. */
    private final class Client {
        private final String name;
        private final long timeoutNanos = MILLISECOND * (1_000 + random.nextInt(9_000));
        private int left = 2 + random.nextInt(6);

        private Client(String name) {
            this.name = name;
            afterAPause(this::next);
        }

        private void afterAPause(Runnable next) {
            time.after(1 + random.nextLong(longestPauseNanos), next);
        }

        private void next() {
            if (left-- > 0) {
                ask(random.nextInt(4) == 0 ? byId() : byPhone(), random.nextInt(4));
            }
        }

        private ById byId() {
            return new ById(
                    known.isEmpty() || random.nextInt(8) == 0
                            ? new UUID(random.nextLong(), random.nextLong())
                            : oneOf(known));
        }

        private ByPhone byPhone() {
            var isLimited = random.nextInt(10) < limitedInTen;
            // Simultaneous requests with a quota for the same phone share one outcome, so one bad value would fail the
            // others too.
            var isPoisoned = isPoisonous && !isLimited && random.nextInt(6) == 0;
            var spelling = oneOf(spellings);
            return new ByPhone(
                    (PhoneNumber) PhoneNumber.parse(spelling),
                    spelling,
                    (isPoisoned ? SimulatedContactStore.POISON + " of " : "") + name + ", " + left,
                    isLimited);
        }

        /** Sends the request, and goes on at the response or at this client's timeout. */
        private void ask(SimulatedQuestion question, int repeats) {
            long startNanos = time.nowNanos();
            time.note(name, () -> "asks " + question);
            var isOver = new AtomicBoolean();
            Consumer<Answer> end = answer -> {
                if (!isOver.getAndSet(true)) {
                    time.note(name, () -> "is told " + answer);
                    if (isPartOfHistory(question, answer)) {
                        history.add(question.call(startNanos, time.nowNanos(), answer));
                    }
                    goOn(question, answer, repeats);
                }
            };
            time.after(timeoutNanos, () -> end.accept(new Lost()));
            cluster.call(question, end);
        }

        private void goOn(SimulatedQuestion question, Answer answer, int repeats) {
            if (answer instanceof Told told) {
                known.add(told.id());
            }
            boolean isGood = answer instanceof Told || answer.equals(new Refused(404));
            afterAPause(isGood || repeats == 0 ? this::next : () -> ask(question, repeats - 1));
        }

        /**
         * A contact over the quota or one that cannot be stored was not requested, to the checker: it must leave no
         * trace.
         */
        private boolean isPartOfHistory(SimulatedQuestion question, Answer answer) {
            return !(answer.equals(new Refused(429)) || (question.isPoisoned() && answer.equals(new Refused(500))));
        }
    }
}
