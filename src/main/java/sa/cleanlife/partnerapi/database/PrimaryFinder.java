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

/** Finds, of the servers that the database's URL names, the one that can be written to. */
final class PrimaryFinder {
    /**
     * Empty when a commit will end. One that waits for a standby that is gone holds its connection, also when nobody waits
     * for it any more, so none is begun; and a primary that its standby has left may be the old one of two. Any connected
     * standby counts: which of them confirms commits is told only to roles with more privileges.
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

    /** As the statement above answers it. An operator or a provider sets it on purpose, so we do not set it back. */
    private static final String READ_ONLY = "default_transaction_read_only is on";

    private final Vertx vertx;
    private final List<PgConnectOptions> servers;
    private final BooleanSupplier available;
    private Future<SqlConnectOptions> search = Future.failedFuture("none yet");
    private volatile int lastPrimary;

    /** @param available whether the database answers, as far as is known */
    PrimaryFinder(Vertx vertx, DatabaseUrl url, BooleanSupplier available) {
        this.vertx = vertx;
        this.servers = url.servers();
        this.available = available;
    }

    /** Fails if the answer to {@link #WHY_NOT_TO_BE_WRITTEN_TO} gives a reason. */
    static Future<Void> refuseWhatCannotBeWrittenTo(RowSet<Row> rows) {
        var reason = rows.iterator().next().getString("reason");
        return switch (reason) {
            case "" -> Future.succeededFuture();
            case READ_ONLY -> Future.failedFuture(new DatabaseUnavailableException(Reason.READ_ONLY, reason));
            default -> Future.failedFuture(new DatabaseUnavailableException(Reason.NOT_WRITABLE, reason));
        };
    }

    /**
     * Where the next connection goes: of several servers, one that can be written to. Connecting to a server that takes a
     * connection and then says nothing has no end, and would keep a place in the pool; so while the database does not
     * answer, a server is tried before the pool may connect to it.
     */
    Future<SqlConnectOptions> server() {
        return servers.size() == 1 && available.getAsBoolean()
                ? Future.succeededFuture(servers.getFirst())
                : searchPrimary();
    }

    /** Whether a new session can write now, on any of the servers. */
    Future<Void> trial() {
        return searchPrimary().mapEmpty();
    }

    /**
     * One search at a time, however many connections wait for it. It begins with the last primary: a machine that is gone
     * and refuses nothing costs each search that asks it the time of a trial. Of the reasons why there is none, that of the
     * last primary tells the most.
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
