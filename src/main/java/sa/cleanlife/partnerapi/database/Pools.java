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
 * The connections to PostgreSQL: those of single statements, and those of transactions, so that transactions which wait for
 * each other's rows leave the statements alone.
 */
final class Pools {
    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** A batch of each of the frequent kinds on every event loop; the rare kinds, the heartbeat and the like. */
    private static final int OF_STATEMENTS = 3 * PROCESSORS + 6;

    private static final int OF_TRANSACTIONS = PROCESSORS + 6;

    /** Of one node. */
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

    /** @param server where the next connection goes */
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
     * Gives a new connection our settings, and lets it into the pool when a commit on it was confirmed by the standby, if
     * commits are. A primary that
     * was restarted shows those that waited for the standby as if they had been confirmed. Whoever was told of them would be
     * told of what is lost with the primary; but what comes before a confirmed commit is confirmed as well.
     */
    private void admit(SqlConnection connection) {
        // The statement fails with it too; without this the driver prints it.
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
                        // For the pool, this means that it can be used.
                        connection.close();
                    } else {
                        noteRefused(confirmed.cause());
                        // The pool gives up its place when the server ends it.
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
                    .log("a new connection to the database cannot be used");
        }
    }

    Pool statements() {
        return open.statements();
    }

    Pool transactions() {
        return open.transactions();
    }

    /**
     * Leaves all connections for new ones. Those that hang in a dead network would keep the places of new ones until {@link
     * PoolBuilder#SILENCE} has ended them. What waited for one asks again at once, on the new pool.
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
