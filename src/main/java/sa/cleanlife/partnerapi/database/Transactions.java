package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs transactions, each on a virtual thread of its own. One that PostgreSQL ends in favour of another is run again. All
 * of it together is over after {@link RetryPolicy#LONGEST}, and then the connection goes back to the pool as soon as the
 * server has ended what it was doing.
 */
final class Transactions {
    /** Serialization failure and deadlock: PostgreSQL has rolled the transaction back, and asks for it to be run again. */
    private static final Set<String> RUN_AGAIN = Set.of("40001", "40P01");

    private static final int MOST_ATTEMPTS = 5;

    /** Before the next attempt, for each that there was; and up to twice that, by chance, so that two do not meet again. */
    private static final Duration PAUSE = Duration.ofMillis(5);

    /**
     * The server ends a transaction that nobody waits for any more, or of which nothing is heard: a node that hangs must not
     * hold up the others. The longest wait for a lock is longer than the second after which PostgreSQL looks for a deadlock;
     * otherwise it would end before the deadlock is found, and what could be run again would fail. A commit is never
     * interrupted by these limits, since PostgreSQL lifts the limit for a statement before it commits.
     */
    private static final String BEGIN = """
            BEGIN;
            SET LOCAL lock_timeout = '1200ms';
            SET LOCAL idle_in_transaction_session_timeout = '5s';
            SET LOCAL statement_timeout = '%dms'
            """.formatted(RetryPolicy.LONGEST.toMillis());

    private final Supplier<Pool> pool;

    /** @param pool asked for each attempt; must not limit the wait for a connection, which is limited here */
    Transactions(Supplier<Pool> pool) {
        this.pool = pool;
    }

    /**
     * Answers on the event loop of the caller; of a caller that is on none, on the virtual thread. The answer knows that
     * event loop, so that a time-out of it is dealt with there too.
     */
    <T> Future<T> run(Function<Transaction, T> work) {
        Promise<T> answer =
                Vertx.currentContext() instanceof ContextInternal caller ? caller.promise() : Promise.promise();
        Thread.ofVirtual().name("transaction").start(() -> {
            var outcome = outcome(work);
            try {
                outcome.onComplete(answer);
            } catch (RejectedExecutionException stopped) {
                // The event loop has ended, and with it whoever asked.
            }
        });
        return answer.future();
    }

    private <T> Future<T> outcome(Function<Transaction, T> work) {
        try {
            return Future.succeededFuture(untilCommitted(work));
        } catch (Throwable failure) {
            return Future.failedFuture(RetryPolicy.inOneOfTwoForms(failure));
        }
    }

    private <T> T untilCommitted(Function<Transaction, T> work) throws Exception {
        long end = System.nanoTime() + RetryPolicy.LONGEST.toNanos();
        for (int attempt = 1; true; attempt++) {
            var open = new Open(end);
            try {
                open.begin();
                var result = work.apply(open);
                open.commit();
                return result;
            } catch (Throwable failure) {
                open.rollBack();
                if (!open.mayBeRunAgain(failure) || attempt == MOST_ATTEMPTS) {
                    throw failure;
                }
            }
            long pause = attempt * PAUSE.toNanos();
            Thread.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextLong(pause, 2 * pause)));
        }
    }

    /** Sends nothing once the time is over: it could take effect, and the caller is told that it failed. */
    private static <T> T await(Supplier<Future<T>> sent, long end) throws TimeoutException {
        long left = end - System.nanoTime();
        if (left <= 0) {
            throw new TimeoutException();
        }
        return sent.get().await(left, TimeUnit.NANOSECONDS);
    }

    /** One attempt. */
    private final class Open implements Transaction {
        private final long end;
        private Optional<SqlConnection> connection = Optional.empty();

        /** Failed once a statement has failed, with that statement's failure. */
        private Future<Void> intact = Future.succeededFuture();

        private Open(long end) {
            this.end = end;
        }

        private void begin() throws TimeoutException {
            var wanted = pool.get().getConnection();
            try {
                connection = Optional.of(await(() -> wanted, end));
            } catch (TimeoutException e) {
                // The pool gives it all the same, when it can; nobody else would give it back.
                wanted.onSuccess(SqlConnection::close);
                throw e;
            }
            // The statement fails with it too; without this the driver prints it, with all that the server's message
            // quotes.
            connection.orElseThrow().exceptionHandler(known -> {});
            send(BEGIN);
        }

        private void send(String command) throws TimeoutException {
            await(() -> connection.orElseThrow().query(command).execute(), end);
        }

        @Override
        public RowSet<Row> query(String sql, Tuple parameters) {
            intact.await();
            try {
                return await(() -> connection.orElseThrow().preparedQuery(sql).execute(parameters), end);
            } catch (TimeoutException e) {
                var late = DatabaseUnavailableException.because(e);
                intact = Future.failedFuture(late);
                throw late;
            } catch (Throwable e) {
                intact = Future.failedFuture(e);
                throw e;
            }
        }

        /** PostgreSQL would answer the commit of a transaction in which a statement failed by a rollback, and no error. */
        private void commit() throws TimeoutException {
            intact.await();
            send("COMMIT");
            connection.orElseThrow().close();
        }

        /**
         * Also after a commit whose answer is missing: if it took effect, there is nothing to roll back. It waits behind a
         * statement that the server is still at, and the connection goes back to the pool once both are over.
         */
        private void rollBack() {
            connection.ifPresent(used -> {
                var over = used.query("ROLLBACK").execute().onComplete(rolledBack -> used.close());
                try {
                    await(over::otherwiseEmpty, end);
                } catch (TimeoutException e) {
                    // Nobody waits for it any more.
                }
            });
        }

        /** Whatever the work made of the failure of its statement. */
        private boolean mayBeRunAgain(Throwable thrown) {
            var failure = intact.failed() ? intact.cause() : thrown;
            return failure instanceof PgException e && RUN_AGAIN.contains(e.getSqlState());
        }
    }
}
