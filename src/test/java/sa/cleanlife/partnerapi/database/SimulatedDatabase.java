package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The connection to a simulated database, with every fault that it can have. A statement takes effect at one instant or
 * not at all, independently of what its sender is told. The effect itself is up to the caller.
 */
public final class SimulatedDatabase {
    private static final long MILLISECOND = 1_000_000;

    private static final List<InjectedFault> OF_STATEMENTS = List.of(
            InjectedFault.LOST_BEFORE_THE_COMMIT,
            InjectedFault.LOST_AFTER_THE_COMMIT,
            InjectedFault.COMMITTED_AFTER_THE_LOSS,
            InjectedFault.SLOW,
            InjectedFault.COMMITTED_AFTER_THE_REFUSAL,
            InjectedFault.SILENT,
            InjectedFault.NOT_NOW,
            InjectedFault.REFUSED);

    private static final List<String> STATES_OF_THE_SERVER =
            List.of("57P01", "40001", "40P01", "53300", "25006", "08006");

    /** A statement that was sent and has no response yet. */
    private static final class Sent {
        private final VirtualLoop loop;
        private final Supplier<String> text;
        private final Promise<?> answer;
        private final long number;
        private final int life;

        private Sent(VirtualLoop loop, Supplier<String> text, Promise<?> answer, long number, int life) {
            this.loop = loop;
            this.text = text;
            this.answer = answer;
            this.number = number;
            this.life = life;
        }
    }

    private final VirtualTime time;
    private final SplittableRandom random;
    private final InjectedFaults faults;

    /** Fault rates per thousand statements. In some runs a kind of fault never happens, in others it is common. */
    private final Map<InjectedFault, Integer> thousandths = new EnumMap<>(InjectedFault.class);

    private final long usualNanos;

    /**
     * Whether statements after a lost connection are often refused, like a retry that meets the first attempt still
     * running.
     */
    private final boolean refusesRepetitions;

    private final Set<VirtualLoop> afterALoss = new HashSet<>();
    private final Set<Sent> underWay = new LinkedHashSet<>();
    private final Map<VirtualLoop, Long> lastRefusalNanos = new HashMap<>();
    private long numbers;
    private long lastAnswered;
    private int life;
    private boolean down;
    private long frozenUntilNanos;
    private int refusals;

    public SimulatedDatabase(VirtualTime time, SplittableRandom random, InjectedFaults faults) {
        this.time = time;
        this.random = random;
        this.faults = faults;
        for (var fault : OF_STATEMENTS) {
            thousandths.put(fault, random.nextBoolean() ? 1 + random.nextInt(120) : 0);
        }
        if (random.nextInt(4) == 0) {
            thousandths.put(OF_STATEMENTS.get(random.nextInt(OF_STATEMENTS.size())), 500);
        }
        this.refusesRepetitions = random.nextInt(4) == 0;
        this.usualNanos = random.nextInt(3) == 0 ? 30 * MILLISECOND : 2 * MILLISECOND;
    }

    /**
     * Sends a statement once.
     *
     * @param text for the trace
     * @param effect executes the statement at one instant and returns its result, or throws when the database refuses
     *     it
     */
    public <T> Future<T> send(VirtualLoop loop, Supplier<String> text, Supplier<T> effect) {
        var answer = Promise.<T>promise();
        var sent = new Sent(loop, text, answer, ++numbers, life);
        note(sent, "sent");
        if (down) {
            fail(sent, upTo(5 * MILLISECOND), connectionLost());
            return answer.future();
        }
        underWay.add(sent);
        long there = usually();
        long back = usually();
        switch (draw(loop)) {
            case LOST_BEFORE_THE_COMMIT -> {
                count(sent, InjectedFault.LOST_BEFORE_THE_COMMIT);
                fail(sent, there, connectionLost());
            }
            case LOST_AFTER_THE_COMMIT ->
                takeEffect(sent, there, effect, result -> {
                    count(sent, InjectedFault.LOST_AFTER_THE_COMMIT);
                    afterALoss.add(loop);
                    fail(sent, back, connectionLost());
                });
            case COMMITTED_AFTER_THE_LOSS -> {
                afterALoss.add(loop);
                fail(sent, there, connectionLost());
                long late = random.nextBoolean() ? upTo(3 * usualNanos) : upTo(200 * MILLISECOND);
                takeEffect(sent, there + late, effect, result -> count(sent, InjectedFault.COMMITTED_AFTER_THE_LOSS));
            }
            case SLOW -> {
                count(sent, InjectedFault.SLOW);
                takeEffect(
                        sent,
                        upTo(700 * MILLISECOND),
                        effect,
                        result -> succeed(sent, upTo(700 * MILLISECOND), result));
            }
            case COMMITTED_AFTER_THE_REFUSAL ->
                takeEffect(sent, 1_500 * MILLISECOND + upTo(3_000 * MILLISECOND), effect, result -> {
                    count(sent, InjectedFault.COMMITTED_AFTER_THE_REFUSAL);
                    succeed(sent, back, result);
                });
            case SILENT -> {
                count(sent, InjectedFault.SILENT);
                if (random.nextBoolean()) {
                    takeEffect(sent, there, effect, result -> {});
                }
            }
            case NOT_NOW -> {
                count(sent, InjectedFault.NOT_NOW);
                var state = STATES_OF_THE_SERVER.get(random.nextInt(STATES_OF_THE_SERVER.size()));
                fail(sent, there + back, new PgException("not now", "ERROR", state, ""));
            }
            case REFUSED -> {
                count(sent, InjectedFault.REFUSED);
                fail(sent, there + back, refusal("XX000"));
            }
            default -> takeEffect(sent, there, effect, result -> succeed(sent, back, result));
        }
        return answer.future();
    }

    /** A refusal with this SQLSTATE, as if the statement were at fault. */
    public static PgException refusal(String sqlState) {
        return new PgException("refused", "ERROR", sqlState, "");
    }

    /** OVERTAKEN stands for no fault, since it happens by itself. */
    private InjectedFault draw(VirtualLoop loop) {
        if (refusesRepetitions && afterALoss.remove(loop) && random.nextInt(3) == 0) {
            return InjectedFault.REFUSED;
        }
        int drawn = random.nextInt(1_000);
        for (var fault : OF_STATEMENTS) {
            drawn -= thousandths.getOrDefault(fault, 0);
            if (drawn < 0) {
                return fault;
            }
        }
        return InjectedFault.OVERTAKEN;
    }

    private <T> void takeEffect(Sent sent, long delayNanos, Supplier<T> effect, Consumer<T> committed) {
        time.after(delayNanos, () -> {
            long frozen = frozenUntilNanos - time.nowNanos();
            if (frozen > 0) {
                takeEffect(sent, frozen + usually(), effect, committed);
            } else if (sent.life == life) {
                T result;
                try {
                    result = effect.get();
                } catch (PgException refused) {
                    fail(sent, usually(), refused);
                    return;
                }
                note(sent, "takes effect");
                committed.accept(result);
            }
        });
    }

    @SuppressWarnings("unchecked") // the statement's own result
    private <T> void succeed(Sent sent, long delayNanos, T result) {
        answer(sent, delayNanos, () -> {
            note(sent, "answered");
            if (sent.number < lastAnswered) {
                count(sent, InjectedFault.OVERTAKEN);
            }
            lastAnswered = Math.max(lastAnswered, sent.number);
            underWay.remove(sent);
            ((Promise<T>) sent.answer).tryComplete(result);
        });
    }

    private void fail(Sent sent, long delayNanos, Throwable failure) {
        answer(sent, delayNanos, () -> {
            note(sent, "fails");
            underWay.remove(sent);
            if (failure instanceof PgException refused && refused.getSqlState().equals("XX000")) {
                lastRefusalNanos.put(sent.loop, time.nowNanos());
                refusals++;
            }
            sent.answer.tryFail(failure);
        });
    }

    /** A connection that has failed delivers nothing more. */
    private void answer(Sent sent, long delayNanos, Runnable tell) {
        sent.loop.after(delayNanos, () -> {
            if (!sent.answer.future().isComplete()) {
                tell.run();
            }
        });
    }

    /** Discards everything under way; what has taken effect stays. */
    public void crash(long forNanos) {
        faults.count(InjectedFault.DATABASE_CRASHED);
        time.note("database", () -> "crashes");
        down = true;
        life++;
        for (var sent : underWay) {
            fail(sent, upTo(2 * MILLISECOND), connectionLost());
        }
        time.after(forNanos, () -> {
            down = false;
            time.note("database", () -> "is back");
        });
    }

    /** Delays every effect until the database resumes. */
    public void freeze(long forNanos) {
        faults.count(InjectedFault.DATABASE_FROZEN);
        time.note("database", () -> "stands still");
        frozenUntilNanos = time.nowNanos() + forNanos;
    }

    /** Whether a statement of this event loop was refused since then through no fault of its own. */
    public boolean hasRefused(VirtualLoop loop, long sinceNanos) {
        return lastRefusalNanos.getOrDefault(loop, -1L) >= sinceNanos;
    }

    /** The number of statements refused through no fault of their own. */
    public int refusals() {
        return refusals;
    }

    private void count(Sent sent, InjectedFault fault) {
        note(sent, fault.name());
        faults.count(fault);
    }

    private void note(Sent sent, String what) {
        time.note(sent.loop.name(), () -> sent.text.get() + " " + what);
    }

    private VertxException connectionLost() {
        return random.nextBoolean()
                ? ClosedConnectionException.INSTANCE
                : VertxException.noStackTrace("connection reset");
    }

    private long usually() {
        return upTo(usualNanos);
    }

    private long upTo(long nanos) {
        return 1 + random.nextLong(nanos);
    }
}
