package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sa.cleanlife.partnerapi.database.VirtualTime.Trace;

/** How the questions of one batch affect each other, in virtual time. */
class BatcherTest {
    /** The stack size of an event loop's thread. */
    private static final long STACK = 1 << 20;

    private static final int LARGEST_BATCH = 512;

    /** A batcher whose database returns each question as its answer while it works. */
    private static final class Setup {
        private final VirtualTime time = new VirtualTime(Trace.NONE);
        private final VirtualLoop loop = new VirtualLoop(time, "loop", new SplittableRandom(1));
        private final Batcher<Integer, Integer> batcher =
                new Batcher<>("questions", loop, this::answer, new CompositeMeterRegistry());
        private final List<Integer> batches = new ArrayList<>();
        private boolean isRefusing;

        private Future<List<Integer>> answer(List<Integer> questions) {
            batches.add(questions.size());
            return loop.after(Duration.ofMillis(1)).map(there -> {
                if (isRefusing && questions.size() > 1) {
                    throw new IllegalArgumentException("one of these cannot be stored");
                }
                if (isRefusing && questions.getFirst() > 0) {
                    throw new DatabaseUnavailableException(
                            DatabaseUnavailableException.Reason.NO_CONNECTION, "it went away in between");
                }
                return questions;
            });
        }

        private List<Future<Integer>> ask(int questions) {
            var answers =
                    IntStream.range(0, questions).mapToObj(batcher::submit).toList();
            time.run();
            return answers;
        }
    }

    @Test
    void all_fail_when_the_database_goes_away_while_a_refused_batch_is_retried_one_by_one_and_the_next_is_served()
            throws Exception {
        var task = new FutureTask<>(() -> {
            var setup = new Setup();
            while (setup.batches.isEmpty() || setup.batches.getLast() < LARGEST_BATCH) {
                setup.ask(LARGEST_BATCH);
            }
            setup.isRefusing = true;

            var refused = setup.ask(LARGEST_BATCH);

            assertThat(setup.batches).endsWith(LARGEST_BATCH, 1, 1);
            assertThat(refused.getFirst().result()).isZero();
            assertThat(refused.subList(1, LARGEST_BATCH))
                    .allMatch(answer -> answer.cause() instanceof DatabaseUnavailableException);
            setup.isRefusing = false;
            assertThat(setup.ask(3)).allMatch(Future::succeeded);
            return setup;
        });

        new Thread(null, task, "as deep as an event loop", STACK).start();

        task.get();
    }

    @Test
    void a_batch_that_is_refused_late_and_retried_one_by_one_keeps_its_deadline() {
        var time = new VirtualTime(Trace.NONE);
        var loop = new VirtualLoop(time, "loop", new SplittableRandom(1));
        var batcher = new Batcher<Integer, Integer>(
                "questions",
                loop,
                questions -> loop.after(Duration.ofMillis(questions.size() > 1 ? 1_400 : 60))
                        .map(there -> {
                            if (questions.size() > 1) {
                                throw new IllegalArgumentException("one of these cannot be stored");
                            }
                            return questions;
                        }),
                new CompositeMeterRegistry());

        var ended = new ArrayList<Duration>();
        var answers = IntStream.range(0, 4).mapToObj(batcher::submit).toList();
        answers.forEach(answer -> answer.onComplete(over -> ended.add(Duration.ofNanos(time.nowNanos()))));
        time.run();

        assertThat(answers).first().matches(Future::succeeded);
        assertThat(answers.subList(1, 4)).allMatch(answer -> answer.cause() instanceof DatabaseUnavailableException);
        assertThat(ended).hasSize(4).allMatch(after -> after.compareTo(Duration.ofMillis(1_501)) < 0);
    }

    @Test
    void questions_that_would_wait_too_long_are_rejected_while_more_than_a_batch_waits() {
        var time = new VirtualTime(Trace.NONE);
        var loop = new VirtualLoop(time, "loop", new SplittableRandom(1));
        var batcher = new Batcher<Integer, Integer>(
                "questions",
                loop,
                questions -> loop.after(Duration.ofMillis(100)).map(questions),
                new CompositeMeterRegistry());
        var early = IntStream.range(0, 300).mapToObj(batcher::submit).toList();
        var late = new ArrayList<Future<Integer>>();
        loop.after(Duration.ofMillis(40)).onComplete(there -> late.add(batcher.submit(300)));
        loop.after(Duration.ofMillis(60)).onComplete(there -> late.add(batcher.submit(301)));

        time.run();

        assertThat(late.getFirst().result()).isEqualTo(300);
        assertThat(late.getLast().cause()).isInstanceOf(DatabaseUnavailableException.class);
        // The first batch of 128 took so long that the next has 64.
        assertThat(early.subList(0, 128)).allMatch(Future::succeeded);
        assertThat(early.subList(128, 237)).allMatch(answer -> answer.cause() instanceof DatabaseUnavailableException);
        assertThat(early.subList(237, 300)).allMatch(Future::succeeded);
    }

    @Test
    void the_queue_is_bounded() {
        var setup = new Setup();

        var answers = setup.ask(10_000);

        assertThat(answers.subList(0, 8_192)).allMatch(Future::succeeded);
        assertThat(answers.subList(8_192, 10_000))
                .allMatch(answer -> answer.cause() instanceof DatabaseUnavailableException);
    }

    @Test
    void a_listener_that_fails_keeps_no_other_question_from_its_answer() {
        var setup = new Setup();
        setup.batcher.submit(1).onComplete(told -> {
            throw new NoClassDefFoundError("of what it does with its answer");
        });

        var others = setup.ask(2);

        assertThat(others).allMatch(Future::succeeded);
        assertThat(setup.ask(1)).allMatch(Future::succeeded);
    }

    @Test
    void a_batch_that_cannot_be_sent_fails_and_the_next_is_served() {
        var time = new VirtualTime(Trace.NONE);
        var loop = new VirtualLoop(time, "loop", new SplittableRandom(1));
        var batcher = new Batcher<Integer, Integer>(
                "questions",
                loop,
                questions -> {
                    if (questions.contains(1)) {
                        throw new NoClassDefFoundError("of what asks");
                    }
                    return Future.succeededFuture(questions);
                },
                new CompositeMeterRegistry());

        var failed = batcher.submit(1);
        time.run();
        var served = batcher.submit(2);
        time.run();

        assertThat(failed.cause()).isInstanceOf(NoClassDefFoundError.class);
        assertThat(served.result()).isEqualTo(2);
    }
}
