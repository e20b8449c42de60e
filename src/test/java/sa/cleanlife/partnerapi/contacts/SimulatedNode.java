package sa.cleanlife.partnerapi.contacts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import sa.cleanlife.partnerapi.database.InjectedFault;
import sa.cleanlife.partnerapi.database.InjectedFaults;
import sa.cleanlife.partnerapi.database.VirtualLoop;
import sa.cleanlife.partnerapi.database.VirtualTime;

/** A server process of a simulated run. When it is killed, another takes its place, without any of its state. */
final class SimulatedNode {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_ABSENCE = Duration.ofMillis(500);

    /** An event loop with its own contacts. */
    record Loop(VirtualLoop scheduler, Contacts contacts) {}

    private final VirtualTime time;
    private final String name;
    private final int size;
    private final Function<VirtualLoop, Contacts> contacts;
    private final SplittableRandom random;
    private final InjectedFaults faults;
    private final List<Loop> loops = new ArrayList<>();
    private final Set<Runnable> connections = new LinkedHashSet<>();
    private int lives;
    private long pausedNanos;

    /**
     * Starts a node.
     *
     * @param size the number of event loops
     * @param contacts creates what serves an event loop
     */
    SimulatedNode(
            VirtualTime time,
            String name,
            int size,
            Function<VirtualLoop, Contacts> contacts,
            SplittableRandom random,
            InjectedFaults faults) {
        this.time = time;
        this.name = name;
        this.size = size;
        this.contacts = contacts;
        this.random = random;
        this.faults = faults;
        start();
    }

    private void start() {
        lives++;
        for (int i = 1; i <= size; i++) {
            var loop = new VirtualLoop(time, "%s/%d loop %d".formatted(name, lives, i), random.split());
            loops.add(new Loop(loop, contacts.apply(loop)));
        }
    }

    /** The event loop that accepts a new connection; empty while the node is down. */
    Optional<Loop> loop() {
        return loops.isEmpty() ? Optional.empty() : Optional.of(loops.get(random.nextInt(loops.size())));
    }

    /** @param broken called when this node crashes, unless {@link #disconnect} was called before */
    void connect(Runnable broken) {
        connections.add(broken);
    }

    void disconnect(Runnable broken) {
        connections.remove(broken);
    }

    void crash() {
        if (loops.isEmpty()) {
            return;
        }
        faults.count(InjectedFault.NODE_CRASHED);
        time.note(name, () -> "crashes");
        loops.forEach(loop -> loop.scheduler().kill());
        loops.clear();
        var broken = List.copyOf(connections);
        connections.clear();
        broken.forEach(Runnable::run);
        time.after(random.nextLong(LONGEST_ABSENCE.toNanos()), this::start);
    }

    void pause() {
        loop().ifPresent(loop -> {
            faults.count(InjectedFault.NODE_PAUSED);
            time.note(loop.scheduler().name(), () -> "stands still");
            long nanos = random.nextLong(LONGEST_PAUSE.toNanos());
            pausedNanos += nanos;
            loop.scheduler().pause(nanos);
        });
    }

    /** The total time for which its event loops were paused. */
    long pausedNanos() {
        return pausedNanos;
    }
}
