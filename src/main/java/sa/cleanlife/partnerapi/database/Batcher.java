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
 * Collects the requests that arrive while the database is busy and runs them as one statement. A request waits for no
 * timer, only for the batch before it. When requests arrive faster than the database finishes them, {@link LoadShedder}
 * rejects some. An instance serves one event loop, is called on that loop alone, and has one batch in flight. A batch
 * that exceeds the timeout fails, and its late result is ignored.
 *
 * @param <Q> a request, which must be safe to repeat
 * @param <A> its result
 */
public final class Batcher<Q, A> {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private record Waiting<Q, A>(Q question, Promise<A> answer, long sinceNanos) {}

    private final Scheduler scheduler;
    private final RetryPolicy retryPolicy;
    private final Function<List<Q>, Future<List<A>>> batch;
    private final DistributionSummary batchSizes;
    private final ArrayDeque<Waiting<Q, A>> waiting = new ArrayDeque<>();
    private final BatchSize batchSize = new BatchSize();
    private final LoadShedder shedder = new LoadShedder(batchSize);
    private boolean busy;
    private boolean atDatabase;

    /**
     * Creates an idle batcher.
     *
     * @param batch runs a list of requests and returns one result per request, in the same order
     */
    public Batcher(String name, Scheduler scheduler, Function<List<Q>, Future<List<A>>> batch, MeterRegistry meters) {
        this.scheduler = scheduler;
        this.retryPolicy = new RetryPolicy(scheduler);
        this.batch = batch;
        this.batchSizes = DistributionSummary.builder("database.batch.size")
                .description("Requests in one batch")
                .tag("batch", name)
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
                .register(meters);
    }

    /**
     * Returns the result; fails with {@link DatabaseUnavailableException} when the request is rejected or the database
     * does not respond.
     */
    public Future<A> submit(Q question) {
        long now = scheduler.nanoTime();
        if ((atDatabase && shedder.rejectsNewest(waiting.size(), oldestWait(now)))
                || shedder.isQueueFull(waiting.size())) {
            return Future.failedFuture(DatabaseUnavailableException.overloaded());
        }
        var entry = new Waiting<Q, A>(question, Promise.promise(), now);
        waiting.add(entry);
        if (!busy) {
            nextSoon();
        }
        return entry.answer().future();
    }

    private long oldestWait(long nowNanos) {
        var oldest = waiting.peek();
        return oldest == null ? 0 : nowNanos - oldest.sinceNanos();
    }

    /**
     * Starts the next batch once the event loop has read everything that has arrived, so that all of it joins the
     * batch.
     */
    private void nextSoon() {
        scheduler.defer(this::next);
        busy = true;
    }

    private void next() {
        int size = Math.min(waiting.size(), batchSize.limit());
        var taken = new ArrayList<Waiting<Q, A>>(size);
        while (taken.size() < size) {
            taken.add(waiting.remove());
        }
        batchSizes.record(size);
        atDatabase = true;
        long began = scheduler.nanoTime();
        answers(taken, RetryPolicy.LONGEST)
                .onComplete(
                        answers -> {
                            batchSize.adapt(size, scheduler.nanoTime() - began);
                            try {
                                deliver(taken, answers);
                            } finally {
                                release();
                            }
                        },
                        failure -> settle(taken, failure, began + RetryPolicy.LONGEST.toNanos()));
    }

    private void release() {
        atDatabase = false;
        busy = false;
        long now = scheduler.nanoTime();
        while (shedder.rejectsOldest(waiting.size(), oldestWait(now))) {
            refuse(List.of(waiting.remove()), DatabaseUnavailableException.overloaded());
        }
        if (!busy && !waiting.isEmpty()) {
            nextSoon();
        }
    }

    /** Runs the batch, which may take several statements. */
    private Future<List<A>> answers(List<Waiting<Q, A>> taken, Duration longest) {
        var questions = taken.stream().map(Waiting::question).toList();
        try {
            // The batch's future knows its event loop, so a timeout is handled there and on no other thread.
            return retryPolicy.once(
                    batch.apply(questions).map(answers -> {
                        if (answers.size() != questions.size()) {
                            throw new IllegalStateException("a batch must return one result per request");
                        }
                        return answers;
                    }),
                    longest);
        } catch (RuntimeException | Error e) {
            // Treated like a failure in a later step of the batch: if it were thrown, the batcher would stay busy for
            // ever.
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

    /** Completes one promise; a listener that throws must not keep the others from their results. */
    private static <Q, A> void tell(Waiting<Q, A> entry, Consumer<Promise<A>> answer) {
        try {
            answer.accept(entry.answer());
        } catch (RuntimeException | Error e) {
            LOG.error("result listener failed", e);
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

    /**
     * Fails the queued requests too: they have waited as long as the batch, and the database would fail them as well.
     */
    private void giveUp(List<Waiting<Q, A>> taken, Throwable failure) {
        refuse(taken, failure);
        var behind = new ArrayList<>(waiting);
        waiting.clear();
        refuse(behind, failure);
        release();
    }

    /**
     * Repeats each request alone, within the timeout of the batch, so that one request that the database rejects does
     * not fail its neighbours. Each one is a new task of the event loop: a chain of one future per request would
     * overflow the stack when it fails.
     */
    private void askAlone(List<Waiting<Q, A>> taken, long end) {
        long left = end - scheduler.nanoTime();
        if (taken.isEmpty()) {
            release();
        } else if (left <= 0) {
            refuse(taken, DatabaseUnavailableException.noAnswer());
            release();
        } else {
            var first = taken.subList(0, 1);
            Runnable others = () -> askAlone(taken.subList(1, taken.size()), end);
            answers(first, Duration.ofNanos(left))
                    .onComplete(
                            answers -> {
                                deliver(first, answers);
                                scheduler.defer(others);
                            },
                            failure -> {
                                if (failure instanceof DatabaseUnavailableException) {
                                    giveUp(taken, failure);
                                } else {
                                    refuse(first, failure);
                                    scheduler.defer(others);
                                }
                            });
        }
    }
}
