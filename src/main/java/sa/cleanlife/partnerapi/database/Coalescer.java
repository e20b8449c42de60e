package sa.cleanlife.partnerapi.database;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the questions that arrive while the database is busy into one statement: a question waits for no timer, only for
 * the batch before it. When more arrive than are answered, those that would wait too long are refused, so that the others
 * do not. One instance serves one event loop, is called on it alone, and waits for one batch at a time; one that takes too
 * long is refused, and left to itself.
 *
 * @param <Q> a question, safe to ask again
 * @param <A> its answer
 */
public final class Coalescer<Q, A> {
    private static final Logger LOG = LoggerFactory.getLogger(Coalescer.class);

    /** Longer batches gain nothing, whatever a statement costs that is the same for few questions and for many. */
    private static final int LARGEST_FULL_BATCH = 512;

    private static final int SMALLEST_FULL_BATCH = 32;

    /** By so much a full batch grows as long as batches are quick. */
    private static final int STEP = 8;

    /** After a batch that took longer the next are so much smaller, so that the answers of the first are not held back. */
    private static final Duration LONG_BATCH = Duration.ofMillis(50);

    /** Who comes while others have waited this long, and more than a batch of them, is refused at once. */
    private static final Duration CROWDED = Duration.ofMillis(50);

    /** Who has waited this long, with more than a batch behind, is refused after all: the database has slowed down. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(75);

    /** Whatever the time: what waits takes memory. */
    private static final int MOST_WAITING = 8_192;

    private record Waiting<Q, A>(Q question, Promise<A> answer, long sinceNanos) {
        boolean waitsFor(Duration time, long nowNanos) {
            return nowNanos - sinceNanos >= time.toNanos();
        }
    }

    private final Time time;
    private final Patience patience;
    private final Function<List<Q>, Future<List<A>>> batch;
    private final DistributionSummary batchSizes;
    private final ArrayDeque<Waiting<Q, A>> waiting = new ArrayDeque<>();
    private int fullBatch = 128;
    private boolean busy;
    private boolean atDatabase;

    /**
     * A coalescer with nothing to do yet.
     *
     * @param batch answers a list of questions with as many answers, in the same order
     */
    public Coalescer(String name, Time time, Function<List<Q>, Future<List<A>>> batch, MeterRegistry meters) {
        this.time = time;
        this.patience = new Patience(time);
        this.batch = batch;
        this.batchSizes = DistributionSummary.builder("database.batch.size")
                .description("Questions answered by one round of statements")
                .tag("batch", name)
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
                .register(meters);
    }

    public Future<A> ask(Q question) {
        if ((atDatabase && isCrowded(CROWDED)) || waiting.size() >= MOST_WAITING) {
            return Future.failedFuture(DatabaseUnavailableException.overloaded());
        }
        var entry = new Waiting<Q, A>(question, Promise.promise(), time.nanoTime());
        waiting.add(entry);
        if (!busy) {
            nextSoon();
        }
        return entry.answer().future();
    }

    private boolean isCrowded(Duration wait) {
        return waiting.size() > fullBatch && waiting.element().waitsFor(wait, time.nanoTime());
    }

    /** After what has arrived by now was read, all of it. */
    private void nextSoon() {
        time.soon(this::next);
        busy = true;
    }

    private void next() {
        var taken = new ArrayList<Waiting<Q, A>>(Math.min(waiting.size(), fullBatch));
        while (taken.size() < fullBatch && !waiting.isEmpty()) {
            taken.add(waiting.poll());
        }
        batchSizes.record(taken.size());
        atDatabase = true;
        long began = time.nanoTime();
        answers(taken, Patience.LONGEST)
                .onComplete(
                        answers -> {
                            adapt(taken.size(), time.nanoTime() - began);
                            try {
                                deliver(taken, answers);
                            } finally {
                                release();
                            }
                        },
                        failure -> settle(taken, failure, began + Patience.LONGEST.toNanos()));
    }

    private void adapt(int size, long tookNanos) {
        if (tookNanos > LONG_BATCH.toNanos() && size >= SMALLEST_FULL_BATCH) {
            long inTime = size * LONG_BATCH.toNanos() / tookNanos;
            fullBatch = (int) Math.max(SMALLEST_FULL_BATCH, inTime);
        } else if (size == fullBatch) {
            fullBatch = Math.min(LARGEST_FULL_BATCH, fullBatch + STEP);
        }
    }

    private void release() {
        atDatabase = false;
        busy = false;
        while (isCrowded(LONGEST_WAIT)) {
            refuse(List.of(waiting.remove()), DatabaseUnavailableException.overloaded());
        }
        if (!busy && !waiting.isEmpty()) {
            nextSoon();
        }
    }

    /** However many statements it takes. */
    private Future<List<A>> answers(List<Waiting<Q, A>> taken, Duration longest) {
        var questions = taken.stream().map(Waiting::question).toList();
        try {
            // The batch's own future knows its event loop: a time-out is dealt with there, on no other thread.
            return patience.once(
                    batch.apply(questions).map(answers -> {
                        if (answers.size() != questions.size()) {
                            throw new IllegalStateException("a batch must answer each question");
                        }
                        return answers;
                    }),
                    longest);
        } catch (RuntimeException | Error e) {
            // As from any later step of the batch; otherwise it would never be over, and nor would the wait for it.
            return Future.failedFuture(e);
        }
    }

    private static <Q, A> void deliver(List<Waiting<Q, A>> taken, List<A> answers) {
        for (int i = 0; i < taken.size(); i++) {
            var answer = answers.get(i);
            tell(taken.get(i), promise -> promise.tryComplete(answer));
        }
    }

    private static <Q, A> void refuse(List<Waiting<Q, A>> taken, Throwable failure) {
        taken.forEach(entry -> tell(entry, promise -> promise.tryFail(failure)));
    }

    /** What one listener does with its answer must not keep the others from theirs. */
    private static <Q, A> void tell(Waiting<Q, A> entry, Consumer<Promise<A>> answer) {
        try {
            answer.accept(entry.answer());
        } catch (RuntimeException | Error e) {
            LOG.error("an answer could not be delivered", e);
        }
    }

    private void settle(List<Waiting<Q, A>> taken, Throwable failure, long end) {
        if (failure instanceof DatabaseUnavailableException) {
            giveUp(taken, failure);
        } else if (taken.size() > 1) {
            askAlone(taken, end);
        } else {
            refuse(taken, failure);
            release();
        }
    }

    /** Those behind have waited as long as these, and would find the same. */
    private void giveUp(List<Waiting<Q, A>> taken, Throwable failure) {
        refuse(taken, failure);
        var behind = new ArrayList<>(waiting);
        waiting.clear();
        refuse(behind, failure);
        release();
    }

    /**
     * One question that the database refuses must not spoil its neighbours' answers, and these are due when those of the batch
     * were. Each has a turn of its own: a chain of as many futures as a batch has questions is longer than the stack is deep,
     * once it fails.
     */
    private void askAlone(List<Waiting<Q, A>> taken, long end) {
        long left = end - time.nanoTime();
        if (taken.isEmpty()) {
            release();
        } else if (left <= 0) {
            refuse(taken, new DatabaseUnavailableException("no answer in time"));
            release();
        } else {
            var first = taken.subList(0, 1);
            Runnable others = () -> askAlone(taken.subList(1, taken.size()), end);
            answers(first, Duration.ofNanos(left))
                    .onComplete(
                            answers -> {
                                deliver(first, answers);
                                time.soon(others);
                            },
                            failure -> {
                                if (failure instanceof DatabaseUnavailableException) {
                                    giveUp(taken, failure);
                                } else {
                                    refuse(first, failure);
                                    time.soon(others);
                                }
                            });
        }
    }
}
