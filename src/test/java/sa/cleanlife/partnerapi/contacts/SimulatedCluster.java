package sa.cleanlife.partnerapi.contacts;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.database.InjectedFault;
import sa.cleanlife.partnerapi.database.InjectedFaults;
import sa.cleanlife.partnerapi.database.SimulatedDatabase;
import sa.cleanlife.partnerapi.database.VirtualLoop;
import sa.cleanlife.partnerapi.database.VirtualTime;
import sa.cleanlife.partnerapi.faults.History.Answer;
import sa.cleanlife.partnerapi.faults.History.Lost;
import sa.cleanlife.partnerapi.faults.History.Refused;
import sa.cleanlife.partnerapi.http.ApiException;

/** The nodes of a simulated run with their one database and network, and the faults of all three. */
final class SimulatedCluster {
    static final UUID KEY_WITHOUT_QUOTA = new UUID(0, 1);
    static final UUID KEY_WITH_QUOTA = new UUID(0, 2);

    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    /** A registry that records nothing: otherwise all runs would count as one. */
    private static final MeterRegistry METERS = new CompositeMeterRegistry();

    /** The timeouts of two batches: the one before the question's and its own. */
    private static final long LONGEST_QUESTION = 2 * 1_500 * MILLISECOND;

    /**
     * Allows for the turns of event loops in between, and for waiting on another request's last reservation of a quota.
     */
    private static final long A_WHILE = 200 * MILLISECOND;

    private static final class Served {
        private final SimulatedQuestion question;
        private final VirtualLoop loop;
        private final long sinceNanos;
        private boolean isAnswered;

        private Served(SimulatedQuestion question, VirtualLoop loop, long sinceNanos) {
            this.question = question;
            this.loop = loop;
            this.sinceNanos = sinceNanos;
        }
    }

    private final VirtualTime time;
    private final SplittableRandom random;
    private final InjectedFaults faults;
    private final SimulatedDatabase database;
    private final UnaryOperator<ContactStore> stores;
    private final SimulatedContactStore.Table table = new SimulatedContactStore.Table();
    private final int quota;
    private final SimulatedQuota quotas;
    private final List<SimulatedNode> nodes;
    private final int lostInAThousand;
    private final List<Served> calls = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private int spoiled;

    /** @param stores wraps the contact store, to inject faults of its own */
    SimulatedCluster(
            VirtualTime time, SplittableRandom random, InjectedFaults faults, UnaryOperator<ContactStore> stores) {
        this.time = time;
        this.random = random;
        this.faults = faults;
        this.database = new SimulatedDatabase(time, random.split(), faults);
        this.stores = stores;
        this.quota = random.nextInt(4);
        this.quotas = new SimulatedQuota(Map.of(KEY_WITH_QUOTA, quota));
        this.nodes = IntStream.rangeClosed(1, 1 + random.nextInt(3))
                .mapToObj(i -> new SimulatedNode(
                        time, "node " + i, 1 + random.nextInt(2), this::contacts, random.split(), faults))
                .toList();
        this.lostInAThousand = random.nextBoolean() ? random.nextInt(80) : 0;
    }

    private Contacts contacts(VirtualLoop loop) {
        var quotaOfLoop = quotas.ofLoop(loop, database, METERS);
        var store = stores.apply(new SimulatedContactStore(database, loop, table));
        return new Contacts(store, loop, this::newId, quotaOfLoop, METERS);
    }

    private UUID newId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** Schedules faults within this time; in each run some kinds strike a few times and others never. */
    void planFaults(long withinNanos) {
        plan(withinNanos, () -> database.crash(upTo(2_000 * MILLISECOND)));
        plan(withinNanos, () -> database.freeze(upTo(3_000 * MILLISECOND)));
        plan(withinNanos, () -> oneNode().crash());
        plan(withinNanos, () -> oneNode().pause());
    }

    private void plan(long withinNanos, Runnable fault) {
        int times = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0;
        for (int i = 0; i < times; i++) {
            time.after(upTo(withinNanos), fault);
        }
    }

    /**
     * Delivers a request to one of the nodes, and the response to its caller. Either may be lost, and then the caller
     * hears nothing.
     */
    void call(SimulatedQuestion question, Consumer<Answer> caller) {
        if (isLost()) {
            return;
        }
        var node = oneNode();
        Runnable broken = () -> caller.accept(new Lost());
        node.connect(broken);
        time.after(
                onTheWay(),
                () -> node.loop()
                        .ifPresentOrElse(
                                loop -> loop.scheduler()
                                        .defer(() -> serve(question, loop, answer -> {
                                            node.disconnect(broken);
                                            if (!isLost()) {
                                                time.after(onTheWay(), () -> caller.accept(answer));
                                            }
                                        })),
                                broken));
    }

    private boolean isLost() {
        boolean isLost = random.nextInt(1_000) < lostInAThousand;
        if (isLost) {
            faults.count(InjectedFault.CALL_LOST);
        }
        return isLost;
    }

    private void serve(SimulatedQuestion question, SimulatedNode.Loop loop, Consumer<Answer> back) {
        var call = new Served(question, loop.scheduler(), time.nowNanos());
        calls.add(call);
        question.ask(loop.contacts()).onComplete(result -> {
            if (call.isAnswered) {
                broken.add("A_CALL_IS_ANSWERED_ONCE: " + question);
            }
            call.isAnswered = true;
            requireInTime(call);
            back.accept(result.succeeded() ? result.result() : refusal(call, result.cause()));
        });
    }

    private void requireInTime(Served call) {
        long took = time.nowNanos() - call.sinceNanos;
        long paused = nodes.stream().mapToLong(SimulatedNode::pausedNanos).sum();
        if (took > call.question.parts() * LONGEST_QUESTION + A_WHILE + paused) {
            broken.add("A_CALL_IS_ANSWERED_IN_TIME: %s took %s".formatted(call.question, Duration.ofNanos(took)));
        }
    }

    /** Maps a failure to a status as the server does. */
    private Answer refusal(Served call, Throwable failure) {
        return switch (failure) {
            case DatabaseUnavailableException unavailable -> new Refused(503);
            case ApiException beyondQuota -> new Refused(429);
            default -> fault(call);
        };
    }

    /**
     * A database refusal that the question did not cause is a 500 that the server cannot prevent, with or without an
     * effect.
     */
    private Answer fault(Served call) {
        if (call.question.isPoisoned()) {
            faults.count(InjectedFault.POISONED);
            return new Refused(500);
        }
        if (!database.hasRefused(call.loop, call.sinceNanos)) {
            return new Refused(500);
        }
        spoiled += call.question.parts() == 1 ? 1 : 0;
        return new Lost();
    }

    /** The stored rows at the end of the run. */
    Collection<SimulatedContactStore.Row> rows() {
        return table.rows();
    }

    /** The broken promises about the server's responses, besides those that the history shows. */
    Stream<String> broken() {
        long unanswered = calls.stream()
                .filter(call -> !call.isAnswered && !call.loop.isGone())
                .count();
        if (unanswered > 0) {
            broken.add("EVERY_CALL_IS_ANSWERED: %d are not".formatted(unanswered));
        }
        if (spoiled > database.refusals()) {
            broken.add("A_REFUSAL_SPOILS_ONE_CALL: %d spoiled %d".formatted(database.refusals(), spoiled));
        }
        if (table.mayDeadlock()) {
            broken.add("BATCHES_INSERT_IN_THE_ORDER_OF_PHONES: one did not");
        }
        long created = rows().stream()
                .filter(row -> row.request().key().equals(KEY_WITH_QUOTA))
                .count();
        if (created > quota) {
            broken.add("A_QUOTA_IS_KEPT: %d created, of %d".formatted(created, quota));
        }
        return broken.stream();
    }

    private SimulatedNode oneNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private long onTheWay() {
        return upTo(2 * MILLISECOND);
    }

    private long upTo(long nanos) {
        return 1 + random.nextLong(nanos);
    }
}
