package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** Transactions, and how they handle conflicts over the rows that they need. */
@Timeout(60)
class TransactionTest {
    private static final Vertx VERTX = Vertx.vertx();

    /** More transactions than there are connections. */
    private static final int MANY = 3 * (Runtime.getRuntime().availableProcessors() + 6);

    private String url = "";
    private Database database = new Database(VERTX, DatabaseUrl.parse("postgresql://nobody@localhost/nothing"));

    @BeforeEach
    void make_two_accounts() {
        url = TestPostgres.newDatabase();
        database = new Database(VERTX, DatabaseUrl.parse(url));
        TestPostgres.execute(
                url,
                "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL); INSERT INTO account VALUES (1, 0), (2, 0)");
    }

    @AfterEach
    void close() {
        database.close().await();
    }

    @AfterAll
    static void stop() {
        VERTX.close().await();
    }

    private static int add(Transaction tx, int account) {
        var rows =
                tx.query("UPDATE account SET balance = balance + 1 WHERE id = $1 RETURNING balance", Tuple.of(account));
        return rows.iterator().next().getInteger("balance");
    }

    private long balance(int account) {
        return TestPostgres.queryNumber(url, "SELECT balance FROM account WHERE id = " + account);
    }

    @Test
    void commits_all_its_statements() {
        var balance = database.transaction(tx -> {
            add(tx, 2);
            return add(tx, 1) + add(tx, 1);
        });

        assertThat(balance.await()).isEqualTo(3);
        assertThat(balance(1)).isEqualTo(2);
        assertThat(balance(2)).isEqualTo(1);
    }

    @Test
    void fails_with_the_exception_of_its_work_and_is_rolled_back() {
        var refusal = new IllegalArgumentException("not this one");

        var refused = database.transaction(tx -> {
            add(tx, 1);
            throw refusal;
        });

        assertThatThrownBy(refused::await).isSameAs(refusal);
        assertThat(balance(1)).isZero();
    }

    @Test
    void fails_with_the_failure_of_a_statement_even_when_its_work_ignores_it() {
        var failed = database.transaction(tx -> {
            add(tx, 1);
            try {
                tx.query("INSERT INTO account VALUES (2, 0)", Tuple.tuple());
            } catch (PgException e) {
                // The work ignores the failure.
            }
            return "done";
        });

        assertThatExceptionOfType(PgException.class)
                .isThrownBy(failed::await)
                .extracting(PgException::getSqlState)
                .isEqualTo("23505");
        assertThat(balance(1)).isZero();
    }

    @Test
    void is_run_again_when_it_is_a_victim_of_a_deadlock() {
        var attempts = new AtomicInteger();
        var bothHoldOne = new CyclicBarrier(2);

        var moved = Future.all(move(1, 2, attempts, bothHoldOne), move(2, 1, attempts, bothHoldOne));

        moved.await();
        assertThat(attempts).hasValueGreaterThan(2);
        assertThat(balance(1)).isEqualTo(2);
        assertThat(balance(2)).isEqualTo(2);
    }

    private Future<Integer> move(int from, int to, AtomicInteger attempts, CyclicBarrier bothHoldOne) {
        return database.transaction(tx -> {
            tx.query("SET LOCAL deadlock_timeout = '50ms'", Tuple.tuple());
            add(tx, from);
            if (attempts.incrementAndGet() <= 2) {
                await(bothHoldOne);
            }
            return add(tx, to);
        });
    }

    @Test
    void is_run_again_when_it_cannot_be_serialized() {
        var attempts = new AtomicInteger();
        var bothHaveRead = new CyclicBarrier(2);

        var added = Future.all(addToWhatWasRead(attempts, bothHaveRead), addToWhatWasRead(attempts, bothHaveRead));

        added.await();
        assertThat(attempts).hasValueGreaterThan(2);
        assertThat(balance(1)).isEqualTo(2);
    }

    private Future<Integer> addToWhatWasRead(AtomicInteger attempts, CyclicBarrier bothHaveRead) {
        return database.transaction(tx -> {
            tx.query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", Tuple.tuple());
            tx.query("SELECT balance FROM account", Tuple.tuple());
            if (attempts.incrementAndGet() <= 2) {
                await(bothHaveRead);
            }
            return add(tx, 1);
        });
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void is_not_run_for_ever_when_it_can_never_be_serialized() {
        var attempts = new AtomicInteger();

        var failed = database.transaction(tx -> {
            attempts.incrementAndGet();
            return tx.query("DO $$ BEGIN RAISE serialization_failure; END $$", Tuple.tuple());
        });

        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(failed::await)
                .withMessage("SQLSTATE 40001");
        assertThat(attempts).hasValue(5);
    }

    @Test
    void is_not_repeated_when_its_commit_is_uncertain() {
        TestPostgres.execute(url, """
                CREATE FUNCTION end_connection() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER at_the_commit AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION end_connection()
                """);
        var attempts = new AtomicInteger();

        var lost = database.transaction(tx -> {
            attempts.incrementAndGet();
            return add(tx, 1);
        });

        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(lost::await);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void times_out_while_another_holds_its_row_lock_and_the_next_succeeds_after_that() throws Exception {
        var held = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var holder = hold(held, release);
        held.await();

        var waiting = many(tx -> add(tx, 1));

        Future.join(waiting).otherwiseEmpty().await();
        assertThat(waiting).allMatch(each -> each.cause() instanceof DatabaseUnavailableException);
        release.countDown();
        holder.join();
        Future.all(many(tx -> add(tx, 1))).await();
        assertThat(balance(1)).isEqualTo(MANY);
    }

    private Thread hold(CountDownLatch held, CountDownLatch release) {
        return Thread.ofVirtual().start(() -> {
            try (var connection = TestPostgres.connect(url);
                    var statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("SELECT FROM account WHERE id = 1 FOR UPDATE");
                held.countDown();
                release.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void times_out_with_a_slow_statement_which_the_database_then_cancels() {
        var slow = many(tx -> tx.query("SELECT pg_sleep(600)", Tuple.tuple()));

        Future.join(slow).otherwiseEmpty().await();

        assertThat(slow).allMatch(each -> each.cause() instanceof DatabaseUnavailableException);
        Future.all(many(tx -> add(tx, 1))).await();
    }

    @Test
    void gives_its_connection_back_however_it_ends() {
        for (int i = 0; i < MANY; i++) {
            var thrown = database.transaction(tx -> {
                throw new IllegalArgumentException();
            });
            var refused = database.transaction(tx -> tx.query("SELECT 1 / 0", Tuple.tuple()));
            var lost = database.transaction(
                    tx -> tx.query("SELECT pg_terminate_backend(pg_backend_pid())", Tuple.tuple()));

            assertThat(Future.join(thrown, refused, lost).otherwiseEmpty().await())
                    .isNull();
            assertThat(List.of(thrown, refused, lost)).allMatch(Future::failed);
        }

        Future.all(many(tx -> add(tx, 1))).await();
    }

    @Test
    void completes_on_the_callers_event_loop() {
        var loop = VERTX.getOrCreateContext();
        var answeredOn = Promise.promise();

        loop.runOnContext(asking -> database.transaction(tx -> add(tx, 1))
                .onComplete(answer -> answeredOn.complete(List.of(Vertx.currentContext(), Thread.currentThread()))));
        var loopsThread = Promise.promise();
        loop.runOnContext(there -> loopsThread.complete(Thread.currentThread()));

        assertThat(answeredOn.future().await())
                .isEqualTo(List.of(loop, loopsThread.future().await()));
    }

    /** Otherwise a batch's timeout would complete on another thread than the batch. */
    @Test
    void times_out_on_the_callers_event_loop() {
        var loop = VERTX.getOrCreateContext();
        var failedOn = Promise.promise();
        var loopsThread = Promise.promise();

        loop.runOnContext(asking -> {
            loopsThread.complete(Thread.currentThread());
            database.transaction(tx -> tx.query("SELECT pg_sleep(600)", Tuple.tuple()))
                    .timeout(50, TimeUnit.MILLISECONDS)
                    .onFailure(late -> failedOn.complete(List.of(Vertx.currentContext(), Thread.currentThread())));
        });

        assertThat(failedOn.future().await())
                .isEqualTo(List.of(loop, loopsThread.future().await()));
    }

    @Test
    void is_not_committed_when_its_time_is_over_before_that() {
        var late = database.transaction(tx -> {
            int balance = add(tx, 1);
            pauseForLongerThanATransactionMayTake();
            return balance;
        });

        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(late::await);
        // The update waits for the row lock until the transaction is over.
        TestPostgres.execute(url, "UPDATE account SET balance = balance + 10 WHERE id = 1");
        assertThat(balance(1)).isEqualTo(10);
    }

    private static void pauseForLongerThanATransactionMayTake() {
        try {
            Thread.sleep(RetryPolicy.LONGEST);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connections that are idle for half a minute are closed. */
    @Test
    void has_a_connection_that_the_heartbeat_keeps_open() throws Exception {
        database.watch(() -> {}, Duration.ofMillis(200));

        DataDirectory.await("a connection that the heartbeat uses", () -> TestPostgres.queryNumber(url, """
                        SELECT count(*)
                          FROM pg_stat_activity
                         WHERE datname = current_database()
                           AND query = 'SELECT 1'
                           AND query_start > backend_start + interval '500 ms'
                        """) == 1);
    }

    @Test
    void has_that_connection_used_often_enough_to_stay_open() {
        assertThat(Database.WARMED_EVERY.multipliedBy(2)).isLessThan(PoolBuilder.SILENCE);
    }

    private <T> List<Future<T>> many(Function<Transaction, T> work) {
        return IntStream.range(0, MANY)
                .mapToObj(i -> database.transaction(work))
                .toList();
    }
}
