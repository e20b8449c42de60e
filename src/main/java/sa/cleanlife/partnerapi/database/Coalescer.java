package sa.cleanlife.partnerapi.database;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the questions that arrive while the database is busy into one statement: a question waits for no timer, only for
 * the batch before it. One instance serves one event loop, is called on it alone, and waits for one batch
 * at a time; one that takes too long is refused, and left to itself.
 *
 * @param <Q> a question, safe to ask again
 * @param <A> its answer
 */
public final class Coalescer<Q, A> {
    private static final Logger LOG = LoggerFactory.getLogger(Coalescer.class);

    /** Longer batches gain nothing and hold the answers of the first back. */
    private static final int MOST_IN_A_BATCH = 512;

    /** Some 100 ms of work; what comes on top would wait longer than its caller does. */
    private static final int MOST_WAITING = 4_096;

    private record Waiting<Q, A>(Q question, Promise<A> answer) {}

    private final Function<List<Q>, Future<List<A>>> batch;
    private final DistributionSummary batchSizes;
    private final ArrayDeque<Waiting<Q, A>> waiting = new ArrayDeque<>();
    private boolean busy;

    /**
     * A coalescer with nothing to do yet.
     *
     * @param batch answers a list of questions with as many answers, in the same order
     */
    public Coalescer(String name, Function<List<Q>, Future<List<A>>> batch, MeterRegistry meters) {
        this.batch = batch;
        this.batchSizes = DistributionSummary.builder("database.batch.size")
                .description("Questions answered by one round of statements")
                .tag("batch", name)
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
                .register(meters);
    }

    public Future<A> ask(Q question) {
        if (waiting.size() >= MOST_WAITING) {
            return Future.failedFuture(new DatabaseUnavailableException("too many questions are waiting"));
        }
        var entry = new Waiting<Q, A>(question, Promise.promise());
        waiting.add(entry);
        if (!busy) {
            next();
        }
        return entry.answer().future();
    }

    private void release() {
        busy = false;
        if (!waiting.isEmpty()) {
            next();
        }
    }

    private void next() {
        var taken = new ArrayList<Waiting<Q, A>>(Math.min(waiting.size(), MOST_IN_A_BATCH));
        while (taken.size() < MOST_IN_A_BATCH && !waiting.isEmpty()) {
            taken.add(waiting.poll());
        }
        busy = true;
        batchSizes.record(taken.size());
        answers(taken)
                .onComplete(
                        answers -> {
                            // First the next statement, then the answers: the database works while they are written.
                            release();
                            deliver(taken, answers);
                        },
                        failure -> settle(taken, failure).onComplete(settled -> release()));
    }

    /** However many statements a batch takes, its answers are due within the patience for one. */
    private Future<List<A>> answers(List<Waiting<Q, A>> taken) {
        var questions = taken.stream().map(Waiting::question).toList();
        try {
            // The batch's own future knows its event loop: a time-out is dealt with there, on no other thread.
            return Database.patiently(batch.apply(questions));
        } catch (RuntimeException e) {
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
        } catch (RuntimeException e) {
            LOG.error("an answer could not be delivered", e);
        }
    }

    private Future<Void> settle(List<Waiting<Q, A>> taken, Throwable failure) {
        if (failure instanceof DatabaseUnavailableException) {
            // Those behind have waited as long as these, and would find the same.
            refuse(taken, failure);
            var behind = new ArrayList<>(waiting);
            waiting.clear();
            refuse(behind, failure);
            return Future.succeededFuture();
        }
        if (taken.size() > 1) {
            return oneByOne(taken);
        }
        refuse(taken, failure);
        return Future.succeededFuture();
    }

    /** One question that the database refuses must not spoil its neighbours' answers. */
    private Future<Void> oneByOne(List<Waiting<Q, A>> taken) {
        long end = System.nanoTime() + Database.PATIENCE.toNanos();
        Future<Void> done = Future.succeededFuture();
        for (var entry : taken) {
            var alone = List.of(entry);
            done = done.compose(before -> System.nanoTime() - end < 0
                            ? answers(alone)
                            : Future.failedFuture(new DatabaseUnavailableException("no answer in time")))
                    .compose(answers -> {
                        deliver(alone, answers);
                        return Future.<Void>succeededFuture();
                    })
                    .recover(failure -> {
                        if (failure instanceof DatabaseUnavailableException) {
                            return Future.failedFuture(failure);
                        }
                        refuse(alone, failure);
                        return Future.succeededFuture();
                    });
        }
        return done.recover(unavailable -> settle(taken, unavailable));
    }
}
