package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException.Reason;
import sa.cleanlife.partnerapi.database.DatabaseUrl.Host;

/**
 * PostgreSQL. What goes wrong comes out as one of two: {@link DatabaseUnavailableException} when asking again later may
 * help, or the failure itself, which is then a fault of ours.
 */
public final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** Of the two connections that a start opens, on a machine that is busy with much else. */
    private static final Duration LONGEST_CONNECTING = Duration.ofSeconds(5);

    /** Well within {@link PoolBuilder#SILENCE}, after which an idle connection ends. */
    private static final Duration WARMED_EVERY = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Scheduler scheduler;
    private final RetryPolicy retryPolicy;
    private final PrimaryFinder primaryFinder;
    private final Pools pools;
    private final Heartbeat heartbeat;
    private final Transactions transactions;
    private final Map<Reason, LogThrottle> refusals = new ConcurrentHashMap<>();
    private volatile long warming = -1;

    /** Connects when it is first asked something. */
    public Database(Vertx vertx, DatabaseUrl url) {
        this.vertx = vertx;
        this.scheduler = Scheduler.of(vertx);
        this.retryPolicy = new RetryPolicy(scheduler);
        this.primaryFinder = new PrimaryFinder(vertx, url, this::isAvailable);
        this.pools = new Pools(vertx, primaryFinder::server);
        this.heartbeat = new Heartbeat(vertx, this::ping, pools::replace);
        this.transactions = new Transactions(pools::transactions);
    }

    /** The time in which its answers are waited for. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /**
     * Says from now on whether the database answers, and tells the operator when that changes.
     *
     * @param remedy what may help when it does not; it may block, and is tried again until the database answers
     */
    public void watch(Runnable remedy) {
        heartbeat.start(remedy);
        warming = vertx.setPeriodic(1, WARMED_EVERY.toMillis(), due -> warm());
    }

    /**
     * Keeps a connection for the next transaction, which after a rest would otherwise wait for TCP, TLS, the login and the
     * admission of a new one. Statements find that of the heartbeat.
     */
    private void warm() {
        if (isAvailable()) {
            pools.transactions().query("SELECT 1").execute();
        }
    }

    /** Whether the last heartbeat was answered; false before {@link #watch}. */
    public boolean isAvailable() {
        return heartbeat.isAvailable();
    }

    /** Asks for a sign of life of a server that can be written to: a standby is as good as none. */
    public Future<Void> ping() {
        return query(PrimaryFinder.WHY_NOT_TO_BE_WRITTEN_TO, Tuple.tuple())
                .compose(PrimaryFinder::refuseWhatCannotBeWrittenTo)
                .onFailure(this::leaveReadOnlySessions);
    }

    /** When the role may write again, the sessions that it has still may not. */
    private void leaveReadOnlySessions(Throwable failure) {
        if (failure instanceof DatabaseUnavailableException unavailable && unavailable.reason() == Reason.READ_ONLY) {
            pools.replace();
        }
    }

    /** Runs one statement in a transaction of its own. It must be safe to repeat: it is asked until its answer is known. */
    public Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return retryPolicy
                .untilKnown(() -> pools.statements().preparedQuery(sql).execute(parameters))
                .onFailure(this::noteRefusal);
    }

    /** Tells the operator what the heartbeat does not notice: it writes nothing, and has its connection already. */
    private void noteRefusal(Throwable failure) {
        if (!(failure instanceof DatabaseUnavailableException unavailable) || !isAvailable()) {
            return;
        }
        switch (unavailable.reason()) {
            case DISK_FULL -> {
                if (isTimeToTell(Reason.DISK_FULL)) {
                    LOG.warn("the database's disk is full; what would be stored gets a 503 until there is space");
                }
            }
            case CONNECTION_LIMIT, READ_ONLY, REFUSED_BY_POOLER, SESSION_NOT_KEPT -> {
                if (isTimeToTell(unavailable.reason())) {
                    LOG.atWarn()
                            .addKeyValue("reason", unavailable.getMessage())
                            .addKeyValue("remedy", unavailable.reason().remedy().orElse(""))
                            .log("the database refuses part of what it is asked; those requests get a 503");
                }
            }
            case OVERLOADED, LOGIN_REFUSED, NO_ANSWER, NO_CONNECTION, NOT_WRITABLE, REFUSED_BY_SERVER -> {}
        }
    }

    private boolean isTimeToTell(Reason reason) {
        return refusals.computeIfAbsent(reason, first -> new LogThrottle()).isTime();
    }

    /**
     * Runs the work on a virtual thread, in one transaction, and answers on the event loop of the caller. The work may call
     * nothing but the transaction and pure code: it is run again when PostgreSQL ends it as a deadlock or a serialization
     * failure, and while it waits for anything else it keeps a connection, and rows that others wait for. What it throws
     * rolls the transaction back, and is what the future fails with. A commit whose answer is lost is not repeated.
     */
    public <T> Future<T> transaction(Function<Transaction, T> work) {
        return transactions.run(work).onFailure(this::noteRefusal);
    }

    /** As {@link #transaction}, of work that has no result. */
    public Future<Void> inTransaction(Consumer<Transaction> work) {
        return transaction(tx -> {
                    work.accept(tx);
                    return tx;
                })
                .mapEmpty();
    }

    /**
     * Those of PostgreSQL's settings that make it forget what it has acknowledged, such as {@code fsync off}. With a standby
     * that must confirm commits, a commit counts once it is on the standby's disk.
     */
    public Future<List<String>> settingsThatLoseData() {
        return query("""
                SELECT name || ' ' || setting AS cause
                  FROM pg_settings
                 WHERE (name IN ('fsync', 'synchronous_commit') AND setting = 'off')
                    OR (name = 'synchronous_commit' AND setting IN ('local', 'remote_write')
                        AND current_setting('synchronous_standby_names') <> '')
                 ORDER BY name
                """, Tuple.tuple())
                .map(rows -> rows.stream().map(row -> row.getString("cause")).toList());
    }

    /** The encoding in which it keeps texts; of PostgreSQL's encodings only {@code UTF8} has every name. */
    public Future<String> encoding() {
        return query("SELECT current_setting('server_encoding') AS encoding", Tuple.tuple())
                .map(rows -> rows.iterator().next().getString("encoding"));
    }

    /**
     * Whether each session is one of the server's, as long as it lasts. A pooler that hands the server's session on after each
     * transaction gives the same one to two that are open at once; then settings and prepared statements are another's.
     */
    public Future<Boolean> keepsSessions() {
        return retryPolicy.once(
                serverProcess(pools.statements())
                        .compose(one -> serverProcess(pools.transactions()).map(other -> !one.equals(other))),
                LONGEST_CONNECTING);
    }

    private static Future<Integer> serverProcess(Pool pool) {
        return pool.query("SELECT pg_backend_pid()")
                .execute()
                .map(rows -> rows.iterator().next().getInteger(0));
    }

    /** How many connections this role may open to this database at the most, if that is fewer than a server may need. */
    public Future<Optional<Integer>> shortConnectionLimit() {
        return query("""
                SELECT least(nullif(r.rolconnlimit, -1), nullif(d.datconnlimit, -1),
                             current_setting('max_connections')::integer
                             - current_setting('superuser_reserved_connections')::integer) AS connections
                  FROM pg_roles r
                  JOIN pg_database d ON d.datname = current_database()
                 WHERE r.rolname = session_user
                """, Tuple.tuple())
                .map(rows -> Optional.of(rows.iterator().next().getInteger("connections"))
                        .filter(connections -> connections < Pools.MOST_CONNECTIONS));
    }

    /** The server that can be written to, for who connects to it by other means. */
    public Future<Host> primary() {
        return retryPolicy
                .untilKnown(primaryFinder::server)
                .map(server -> new Host(server.getHost(), server.getPort()));
    }

    /** Ends the connections; one that hangs ends with the process. */
    public Future<Void> close() {
        heartbeat.stop();
        vertx.cancelTimer(warming);
        return pools.close()
                .timeout(RetryPolicy.LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }
}
