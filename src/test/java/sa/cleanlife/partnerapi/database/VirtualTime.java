package sa.cleanlife.partnerapi.database;

import java.util.PriorityQueue;
import java.util.function.Supplier;

/**
 * The time of a simulated run: it jumps from one event to the next, in one thread, without waiting. The same events in
 * the same order are the same run, so nothing in it may depend on the real clock, another thread, or the order of a
 * hash table.
 */
public final class VirtualTime {
    /** A run with more events is in an endless loop. */
    private static final int MOST_EVENTS = 1_000_000;

    private record Event(long atNanos, long number, Runnable run) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int earlier = Long.compare(atNanos, other.atNanos);
            return earlier == 0 ? Long.compare(number, other.number) : earlier;
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Trace trace;
    private final Thread thread = Thread.currentThread();
    private long nowNanos;
    private long numbers;

    /** Records the events of a run line by line, or discards them. */
    public interface Trace {
        Trace NONE = line -> {};

        void note(Supplier<String> line);
    }

    public VirtualTime(Trace trace) {
        this.trace = trace;
    }

    /** The time since the run began. */
    public long nowNanos() {
        requireThread();
        return nowNanos;
    }

    public void after(long delayNanos, Runnable event) {
        requireThread();
        events.add(new Event(nowNanos + delayNanos, numbers++, event));
    }

    /** Runs events until none are left. */
    public void run() {
        requireThread();
        for (var next = events.poll(); next != null; next = events.poll()) {
            if (numbers > MOST_EVENTS) {
                throw new IllegalStateException("the simulated run does not end");
            }
            nowNanos = next.atNanos;
            next.run.run();
        }
    }

    public void note(String who, Supplier<String> what) {
        trace.note(() -> String.format("%,15d ns %s: %s", nowNanos, who, what.get()));
    }

    private void requireThread() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("part of the simulated run was executed in another thread");
        }
    }
}
