package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnectOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException.Reason;

/** Finds the server that accepts writes among the servers in the database URL. */
final class PrimaryFinder {
    /**
     * The reason why the server does not accept writes; empty if it does. A commit that waits for a missing standby
     * holds its connection, even after its caller has given up, so none is begun; and a primary without its standby may
     * be an old primary after a failover. Any connected standby counts: only roles with more privileges see which
     * standby confirms commits.
     */
    static final String WHY_NOT_TO_BE_WRITTEN_TO = """
            SELECT CASE
                   WHEN pg_is_in_recovery()
                   THEN 'the server is a standby'
                   WHEN current_setting('transaction_read_only') = 'on'
                   THEN 'default_transaction_read_only is on'
                   WHEN current_setting('synchronous_standby_names') <> ''
                        AND current_setting('synchronous_commit') NOT IN ('off', 'local')
                        AND NOT EXISTS (SELECT FROM pg_stat_replication)
                   THEN 'the standby that must confirm commits is away'
                   ELSE ''
                   END AS reason
            """;

    /**
     * The reason in the query above. An operator or a provider sets this on purpose, so the server does not change it.
     */
    private static final String READ_ONLY = "default_transaction_read_only is on";

    private final Vertx vertx;
    private final List<PgConnectOptions> servers;
    private final BooleanSupplier available;
    private Future<SqlConnectOptions> search = Future.failedFuture("no search yet");
    private volatile int lastPrimary;

    /** @param available whether the last heartbeat succeeded */
    PrimaryFinder(Vertx vertx, DatabaseUrl url, BooleanSupplier available) {
        this.vertx = vertx;
        this.servers = url.servers();
        this.available = available;
    }

    /** Fails if {@link #WHY_NOT_TO_BE_WRITTEN_TO} returned a reason. */
    static Future<Void> refuseWhatCannotBeWrittenTo(RowSet<Row> rows) {
        var reason = rows.iterator().next().getString("reason");
        return switch (reason) {
            case "" -> Future.succeededFuture();
            case READ_ONLY -> Future.failedFuture(new DatabaseUnavailableException(Reason.READ_ONLY, reason));
            default -> Future.failedFuture(new DatabaseUnavailableException(Reason.NOT_WRITABLE, reason));
        };
    }

    /**
     * The server for the next connection, which accepts writes. Connecting to a server that accepts a connection and
     * then is silent never ends and would take up a slot of the pool; so while the database is unavailable, a server is
     * tried on a separate connection first.
     */
    Future<SqlConnectOptions> server() {
        return servers.size() == 1 && available.getAsBoolean()
                ? Future.succeededFuture(servers.getFirst())
                : searchPrimary();
    }

    /**
     * Runs one search at a time, shared by all connections that wait for it. The search begins with the last primary:
     * trying a machine that is gone takes until the timeout. If no server accepts writes, the reason of the last
     * primary is reported, since it tells the most.
     */
    private synchronized Future<SqlConnectOptions> searchPrimary() {
        if (search.isComplete()) {
            int first = lastPrimary;
            search = tried(first);
            for (int i = 1; i < servers.size(); i++) {
                int next = (first + i) % servers.size();
                search = search.recover(reason -> tried(next).recover(another -> Future.failedFuture(reason)));
            }
        }
        return search;
    }

    private Future<SqlConnectOptions> tried(int index) {
        var server = servers.get(index);
        var trial = PoolBuilder.of(
                        vertx, "postgresql-trial", 1, PoolBuilder.CONNECT_TIMEOUT, () -> Future.succeededFuture(server))
                .build();
        return trial.query(WHY_NOT_TO_BE_WRITTEN_TO)
                .execute()
                .compose(PrimaryFinder::refuseWhatCannotBeWrittenTo)
                .timeout(PoolBuilder.CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(tried -> trial.close())
                .map(primary -> {
                    lastPrimary = index;
                    return server;
                });
    }
}
