package sa.cleanlife.partnerapi.fuzz;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import sa.cleanlife.partnerapi.fuzz.Conversation.Kind;
import sa.cleanlife.partnerapi.fuzz.Conversation.Step;
import sa.cleanlife.partnerapi.fuzz.Conversation.Then;
import sa.cleanlife.partnerapi.fuzz.Wire.MalformedReply;
import sa.cleanlife.partnerapi.fuzz.Wire.Reply;
import sa.cleanlife.partnerapi.fuzz.Wire.Silence;
import sa.cleanlife.partnerapi.testing.RunningApi;

/** Sends generated conversations to a server, many at a time, and collects the faults of its responses. */
final class GeneratedTraffic {
    private static final int CLIENTS = 24;
    private static final int MOST_FAULTS = 20;

    /** The time allowed for a response or for closing a connection, besides the delay caused by the machine. */
    private static final Duration HANGING = Duration.ofSeconds(2);

    /** The timeout after which a response counts as lost. */
    private static final Duration LOST = Duration.ofSeconds(20);

    /** The first responses of a Java process are slow; their times are not checked. */
    private static final int WARM = 1_000;

    /** The pause after which a client expects no more responses; if it is wrong, it merely loses one. */
    private static final Duration NOTHING_MORE = Duration.ofMillis(250);

    private final RunningApi server;
    private final Conversations conversations;
    private final AnswerOracle oracle = new AnswerOracle();
    private final SchedulingDelay schedulingDelay = new SchedulingDelay();
    private final AtomicLong next;
    private final long most;
    private final LongAdder requests = new LongAdder();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Map<Kind, LongAdder> requestsByKind = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> answersByStatus = new ConcurrentHashMap<>();
    private final Set<String> lostAnswers = ConcurrentHashMap.newKeySet();
    private final AtomicLong slowestNanos = new AtomicLong();

    /** Starts at the conversation with this number, and stops after this many requests. */
    GeneratedTraffic(RunningApi server, Conversations conversations, long first, long most) {
        this.server = server;
        this.conversations = conversations;
        this.next = new AtomicLong(first);
        this.most = most;
    }

    /** Returns when all conversations have ended, or many have failed. */
    void run() {
        try (schedulingDelay;
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = LongStream.range(0, Math.min(CLIENTS, most))
                    .mapToObj(i -> clients.submit(() -> new Client().run()))
                    .toList();
            for (var client : done) {
                client.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Client {
        private Optional<Wire> connection = Optional.empty();
        private Optional<String> idOfTheContact = Optional.empty();

        void run() {
            while (requests.sum() < most && faults.size() < MOST_FAULTS) {
                var conversation = conversations.conversation(next.getAndIncrement());
                try {
                    idOfTheContact = Optional.empty();
                    for (var step : conversation.steps()) {
                        take(conversation.kind(), step);
                    }
                } catch (AssertionError | MalformedReply | RuntimeException wrong) {
                    fault(conversation, wrong.getMessage() == null ? wrong.toString() : wrong.getMessage());
                    hangUp();
                } catch (Silence hanging) {
                    fault(conversation, "nothing came back, and the connection stayed, for " + LOST);
                    hangUp();
                }
            }
            hangUp();
        }

        private void fault(Conversation conversation, String what) {
            faults.add("%s, -Dopenapi.fuzz.only=%d: %s"
                    .formatted(
                            conversation.kind(),
                            conversation.number(),
                            what.replaceAll("\\s+", " ").strip()));
        }

        private void take(Kind kind, Step step) throws MalformedReply, Silence {
            var wire = connection.orElseGet(() -> Wire.to(server.port()));
            connection = Optional.of(wire);
            var bytes = idOfTheContact
                    .map(id -> step.bytes().replace(Conversation.ID_OF_THE_CONTACT, id))
                    .orElse(step.bytes());
            var count = Math.max(1, step.answers().size());
            requests.add(count);
            requestsByKind.computeIfAbsent(kind, first -> new LongAdder()).add(count);
            var sent = now();
            // The server may close the connection of a client that it rejects while it still sends; then only the
            // response before that is checked.
            wire.send(Wire.bytes(bytes));
            switch (step.then()) {
                case IT_GOES_ON -> answers(step, wire, sent);
                case THE_SERVER_ENDS_IT -> {
                    answers(step, wire, sent);
                    end(wire, sent);
                }
                case THE_CLIENT_ENDS_IT -> {
                    answers(step, wire, sent);
                    wire.finish();
                    whatever(step, wire, now());
                }
                case WHATEVER -> whatever(step, wire, sent);
            }
        }

        private void answers(Step step, Wire wire, long sent) throws MalformedReply, Silence {
            for (var expected : step.answers()) {
                var reply = reply(wire, !expected.method().equals("HEAD"), sent, LOST)
                        .orElseThrow(() -> new AssertionError("the connection ended without a response"));
                oracle.check(expected, reply).ifPresent(id -> idOfTheContact = Optional.of(id));
            }
        }

        private void end(Wire wire, long sent) throws MalformedReply, Silence {
            var more = reply(wire, true, sent, LOST);
            if (more.isPresent()) {
                throw new AssertionError(
                        "an additional response, with " + more.get().status());
            }
            hangUp();
        }

        /** Reads the responses to bytes that may contain any number of requests, until the connection is closed. */
        private void whatever(Step step, Wire wire, long sent) throws MalformedReply, Silence {
            var isFinished = step.then() == Then.THE_CLIENT_ENDS_IT;
            var contact = isFinished
                    ? Optional.<Conversation.Contact>empty()
                    : step.answers().getFirst().contact();
            var since = sent;
            while (true) {
                try {
                    var reply = reply(wire, true, since, isFinished ? LOST : NOTHING_MORE);
                    if (reply.isEmpty()) {
                        break;
                    }
                    oracle.checkUnforeseen(contact, reply.get());
                } catch (Silence silence) {
                    if (isFinished) {
                        throw silence;
                    }
                    isFinished = true;
                    contact.ifPresent(maybe -> lostAnswers.add(maybe.phone()));
                    wire.finish();
                }
                since = now();
            }
            hangUp();
        }

        private Optional<Reply> reply(Wire wire, boolean withBody, long since, Duration timeout)
                throws MalformedReply, Silence {
            var reply = wire.reply(withBody, timeout);
            if (requests.sum() > WARM) {
                var took = now() - since;
                slowestNanos.accumulateAndGet(took, Math::max);
                if (took > HANGING.toNanos()) {
                    throw new AssertionError("the response took %d ms".formatted(took / 1_000_000));
                }
            }
            reply.ifPresent(answer -> answersByStatus
                    .computeIfAbsent(answer.status(), status -> new LongAdder())
                    .increment());
            return reply;
        }

        /** A clock that excludes the time during which the machine stood still. */
        private long now() {
            return System.nanoTime() - schedulingDelay.lostNanos();
        }

        private void hangUp() {
            connection.ifPresent(Wire::close);
            connection = Optional.empty();
        }
    }

    Queue<String> faults() {
        return faults;
    }

    Map<String, AnswerOracle.Acknowledged> acknowledged() {
        return oracle.acknowledged();
    }

    /** Phones whose contact may or may not exist, since the client did not wait for the response. */
    Set<String> lostAnswers() {
        return lostAnswers;
    }

    Map<Kind, Long> requestsByKind() {
        var counts = new EnumMap<Kind, Long>(Kind.class);
        requestsByKind.forEach((kind, count) -> counts.put(kind, count.sum()));
        return counts;
    }

    Map<Integer, Long> answersByStatus() {
        var counts = new TreeMap<Integer, Long>();
        answersByStatus.forEach((status, count) -> counts.put(status, count.sum()));
        return counts;
    }

    /** The slowest of the responses after the warm-up, and of the closed connections. */
    Duration slowest() {
        return Duration.ofNanos(slowestNanos.get());
    }
}
