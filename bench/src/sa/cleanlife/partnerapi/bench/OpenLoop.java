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
 * Asks when it is time to ask, whether or not what was asked before is answered, as many partners would: a server that
 * falls behind is not spared. One thread and a fixed number of connections, each with one request at a time.
 */
final class OpenLoop implements AutoCloseable {
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

    /** What a wait may be late: all of it counts against the server. */
    private static final long NAP_NANOS = 50_000;

    /** What becomes of a request whose time has come while all connections wait for answers. */
    enum WhenBusy {
        /** It waits here, and its latency counts from when it was due: the wait is the server's doing. */
        WAIT,
        /** It is never sent, and counts as such; those that are sent count from when they are. */
        DROP,
        /** Nothing is due but when a connection is free: each asks again when it is answered. */
        NEVER_DUE
    }

    /** When requests are due: the nanoseconds from one to the next. */
    record Schedule(LongSupplier gaps, WhenBusy whenBusy, Duration duration) {
        /** At random times, as independent callers do, and as pgbench does. */
        static Schedule poisson(double perSecond, Duration duration) {
            var random = RandomGenerator.of("L64X128MixRandom");
            return new Schedule(() -> (long) (random.nextExponential() * 1e9 / perSecond), WhenBusy.WAIT, duration);
        }

        static Schedule even(double perSecond, WhenBusy whenBusy, Duration duration) {
            return new Schedule(() -> (long) (1e9 / perSecond), whenBusy, duration);
        }

        /** Each connection again as soon as it is answered. */
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

    /** For one thread at a time. */
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

        /** Who is not answered by now never will be. */
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
