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
 * Runs each transaction on a virtual thread of its own, and retries it after a deadlock or a serialization failure. All
 * attempts together end after {@link RetryPolicy#LONGEST}; the connection returns to the pool once the server has ended
 * the last statement.
 */
final class Transactions {
    /** Serialization failure and deadlock: PostgreSQL has rolled the transaction back, and a retry may succeed. */
    private static final Set<String> RUN_AGAIN = Set.of("40001", "40P01");

    private static final int MOST_ATTEMPTS = 5;

    /**
     * The pause before a retry, multiplied by the number of attempts so far and by a random factor from 1 to 2, so that
     * two transactions do not collide again.
     */
    private static final Duration PAUSE = Duration.ofMillis(5);

    /**
     * The limits by which the server ends a transaction that its client has given up or that is idle: a node that hangs
     * must not block the others. The lock timeout is longer than the second after which PostgreSQL looks for a
     * deadlock; otherwise it would end the transaction before the deadlock is found, and with an error that is not
     * retried. A commit is never interrupted by these limits, since PostgreSQL lifts the statement timeout before it
     * commits.
     */
    private static final String BEGIN = """
            BEGIN;
            SET LOCAL lock_timeout = '1200ms';
            SET LOCAL idle_in_transaction_session_timeout = '5s';
            SET LOCAL statement_timeout = '%dms'
            """.formatted(RetryPolicy.LONGEST.toMillis());

    private final Supplier<Pool> pool;

    /** @param pool called for each attempt; the pool must not limit the wait for a connection, which is limited here */
    Transactions(Supplier<Pool> pool) {
        this.pool = pool;
    }

    /**
     * Runs the work. The future completes on the event loop of the caller, and so does a timeout on it; for a caller on
     * no event loop it completes on the virtual thread.
     */
    <T> Future<T> run(Function<Transaction, T> work) {
        Promise<T> answer =
                Vertx.currentContext() instanceof ContextInternal caller ? caller.promise() : Promise.promise();
        Thread.ofVirtual().name("transaction").start(() -> {
            var outcome = outcome(work);
            try {
                outcome.onComplete(answer);
            } catch (RejectedExecutionException stopped) {
                // The event loop has ended, and the caller with it.
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

    /**
     * Waits for a statement until the deadline. After the deadline nothing is sent: it could take effect although the
     * caller is told that it failed.
     */
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
                // The pool may still hand out the connection, and nobody else would return it.
                wanted.onSuccess(SqlConnection::close);
                throw e;
            }
            // The statement fails with the error too; without a handler the driver prints it, with the values that its
            // message quotes.
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

        /** Refuses to commit after a failed statement: PostgreSQL would roll back and report success. */
        private void commit() throws TimeoutException {
            intact.await();
            send("COMMIT");
            connection.orElseThrow().close();
        }

        /**
         * Rolls back; harmless after a commit that took effect. The rollback waits behind a statement that still runs,
         * and the connection returns to the pool when both have ended.
         */
        private void rollBack() {
            connection.ifPresent(used -> {
                var over = used.query("ROLLBACK").execute().onComplete(rolledBack -> used.close());
                try {
                    await(over::otherwiseEmpty, end);
                } catch (TimeoutException e) {
                    // The rollback goes on without a caller that waits for it.
                }
            });
        }

        /** Whether a retry may succeed, by the failure of the statement, whatever exception the work made of it. */
        private boolean mayBeRunAgain(Throwable thrown) {
            var failure = intact.failed() ? intact.cause() : thrown;
            return failure instanceof PgException e && RUN_AGAIN.contains(e.getSqlState());
        }
    }
}
