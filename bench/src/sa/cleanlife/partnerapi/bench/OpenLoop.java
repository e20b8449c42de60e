package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Sends requests on a schedule, whether or not earlier ones have been answered, like many independent partners: a
 * server that falls behind is not spared. It has one thread and a fixed number of connections, each with one request at
 * a time.
 */
final class OpenLoop implements AutoCloseable {
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

    /** The largest delay of a wait; it counts against the server. */
    private static final long NAP_NANOS = 50_000;

    /** How a request is handled that is due while all connections wait for responses. */
    enum WhenBusy {
        /** It waits here, and its latency counts from its due time: the server caused the wait. */
        WAIT,
        /** It is never sent, and is counted as such; latency counts from the sending of the others. */
        DROP,
        /** A request is due only when a connection is free: each sends its next one after the response. */
        NEVER_DUE
    }

    /** When requests are due: the intervals between them in nanoseconds. */
    record Schedule(LongSupplier gaps, WhenBusy whenBusy, Duration duration) {
        /** At random times, as independent clients and pgbench send them. */
        static Schedule poisson(double perSecond, Duration duration) {
            var random = RandomGenerator.of("L64X128MixRandom");
            return new Schedule(() -> (long) (random.nextExponential() * 1e9 / perSecond), WhenBusy.WAIT, duration);
        }

        static Schedule even(double perSecond, WhenBusy whenBusy, Duration duration) {
            return new Schedule(() -> (long) (1e9 / perSecond), whenBusy, duration);
        }

        /** On each connection as soon as the previous response has come. */
        static Schedule flatOut(Duration duration) {
            return new Schedule(() -> 0, WhenBusy.NEVER_DUE, duration);
        }
    }

    private final int port;
    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final Deque<Connection> idle = new ArrayDeque<>();

    private OpenLoop(int port, Selector selector) {
        this.port = port;
        this.selector = selector;
    }

    static OpenLoop connect(int port, int connections) {
        try {
            var loop = new OpenLoop(port, Selector.open());
            for (int i = 0; i < connections; i++) {
                loop.add();
            }
            return loop;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add() throws IOException {
        var connection = Connection.open(port, selector);
        connections.add(connection);
        idle.add(connection);
    }

    /** Sends the requests; for one thread at a time. */
    Answers run(Schedule schedule, Requests requests) {
        try {
            return new Run(schedule, requests).run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            for (var connection : connections) {
                connection.close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Run {
        private final Schedule schedule;
        private final Requests requests;
        private final long start = System.nanoTime();
        private final long end;
        private final Answers answers;
        private long due;

        Run(Schedule schedule, Requests requests) {
            this.schedule = schedule;
            this.requests = requests;
            this.end = start + schedule.duration().toNanos();
            this.due = start + schedule.gaps().getAsLong();
            this.answers = new Answers(start, schedule.duration());
        }

        Answers run() throws IOException {
            while (true) {
                long now = System.nanoTime();
                if (schedule.whenBusy() == WhenBusy.NEVER_DUE) {
                    due = now;
                }
                send(now);
                if (due >= end && idle.size() == connections.size()) {
                    return answers;
                }
                if (now > end + LAST_ANSWERS.toNanos()) {
                    giveUp();
                    return answers;
                }
                receive(now);
            }
        }

        private void send(long now) throws IOException {
            while (due <= now && due < end) {
                var connection = idle.poll();
                if (connection != null) {
                    var request = requests.next();
                    connection.send(
                            request, requests.last(), schedule.whenBusy() == WhenBusy.WAIT ? due : System.nanoTime());
                    answers.sent();
                } else if (schedule.whenBusy() == WhenBusy.DROP) {
                    answers.notSent();
                } else {
                    return;
                }
                due += schedule.gaps().getAsLong();
            }
        }

        private void receive(long now) throws IOException {
            long wait = due - now;
            if (idle.isEmpty() || due >= end || wait > 2_000_000) {
                selector.select(1);
            } else if (selector.selectNow() == 0 && wait > 0) {
                LockSupport.parkNanos(Math.min(wait, NAP_NANOS));
                selector.selectNow();
            }
            var ready = selector.selectedKeys();
            for (var key : ready) {
                receive((Connection) key.attachment());
            }
            ready.clear();
        }

        private void receive(Connection connection) throws IOException {
            var answer = connection.receive();
            if (answer.isEmpty()) {
                return;
            }
            if (connection.isBusy()) {
                answers.add(answer.get(), connection.number(), System.nanoTime(), connection.since());
                connection.setIdle();
                idle.add(connection);
            }
            if (answer.get().isLast()) {
                idle.remove(connection);
                connections.remove(connection);
                connection.close();
                add();
            }
        }

        /** A request without a response by now counts as unanswered. */
        private void giveUp() throws IOException {
            for (var connection : List.copyOf(connections)) {
                if (connection.isBusy()) {
                    answers.broken();
                    connections.remove(connection);
                    connection.close();
                    add();
                }
            }
            while (due < end) {
                answers.notSent();
                due += Math.max(1, schedule.gaps().getAsLong());
            }
        }
    }
}
