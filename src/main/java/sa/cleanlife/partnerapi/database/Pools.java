package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection pools to PostgreSQL: one for single statements and one for transactions, so that transactions that
 * wait for row locks do not use up the connections for statements.
 */
final class Pools {
    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** One connection per event loop for each frequent kind of batch, and some for rare batches and the heartbeat. */
    private static final int OF_STATEMENTS = 3 * PROCESSORS + 6;

    private static final int OF_TRANSACTIONS = PROCESSORS + 6;

    /** The most connections that one node opens. */
    static final int MOST_CONNECTIONS = OF_STATEMENTS + OF_TRANSACTIONS;

    private final Vertx vertx;
    private final Supplier<Future<SqlConnectOptions>> server;
    private final LogThrottle refusedConnections = new LogThrottle();
    private volatile Open open;

    private record Open(Pool statements, Pool transactions) {
        Future<Void> close() {
            return Future.join(statements.close(), transactions.close()).mapEmpty();
        }
    }

    /** @param server the server of the next connection */
    Pools(Vertx vertx, Supplier<Future<SqlConnectOptions>> server) {
        this.vertx = vertx;
        this.server = server;
        this.open = open();
    }

    /**
     * The transactions pool has no wait limit: when Vert.x's limit fires just as a connection is handed out, that connection
     * is lost. {@link Transactions} limits the wait.
     */
    private Open open() {
        return new Open(
                pool("postgresql", OF_STATEMENTS, PoolBuilder.CONNECT_TIMEOUT),
                pool("postgresql-transactions", OF_TRANSACTIONS, Duration.ZERO));
    }

    private Pool pool(String name, int size, Duration longestWait) {
        return PoolBuilder.of(vertx, name, size, longestWait, server)
                .withConnectHandler(this::admit)
                .build();
    }

    /**
     * Applies {@link SessionSettings} to a new connection and admits it to the pool once a commit on it has succeeded.
     * Where a standby must confirm commits, a primary that restarts shows commits that waited for the standby as if
     * they were confirmed, and a client that read them would have read what is lost with the primary. All commits
     * before a confirmed commit are confirmed as well.
     */
    private void admit(SqlConnection connection) {
        // The statement fails with the error too; without a handler the driver prints it.
        connection.exceptionHandler(known -> {});
        connection
                .query(SessionSettings.STATEMENTS)
                .execute()
                .compose(set -> connection.query("""
                        SELECT CASE
                               WHEN NOT pg_is_in_recovery() THEN pg_logical_emit_message(true, 'partner-api', '')
                               END IS NOT NULL
                        """).execute())
                .map(rows -> rows.iterator().next().getBoolean(0))
                .onComplete(confirmed -> {
                    if (confirmed.succeeded() && confirmed.result()) {
                        // To the pool, closing means that the connection is ready for use.
                        connection.close();
                    } else {
                        noteRefused(confirmed.cause());
                        // The pool frees its slot when the server ends the session.
                        connection
                                .query("SELECT pg_terminate_backend(pg_backend_pid())")
                                .execute();
                    }
                });
    }

    private void noteRefused(@Nullable Throwable failure) {
        if (failure != null && !RetryPolicy.isUnavailable(failure) && refusedConnections.isTime()) {
            LOG.atError()
                    .addKeyValue(
                            "reason",
                            DatabaseUnavailableException.because(failure).getMessage())
                    .log("new database connection failed its admission check");
        }
    }

    Pool statements() {
        return open.statements();
    }

    Pool transactions() {
        return open.transactions();
    }

    /**
     * Replaces all connections by new ones: connections that hang in a dead network would take up the pool until {@link
     * PoolBuilder#SILENCE} has passed. A statement that waited for one of them is retried at once on the new pool.
     */
    void replace() {
        var left = open;
        open = open();
        left.close();
    }

    Future<Void> close() {
        return open.close();
    }
}
