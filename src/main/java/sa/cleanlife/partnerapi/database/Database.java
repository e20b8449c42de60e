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
 * PostgreSQL: statements, transactions and health. A failure has one of two forms: {@link DatabaseUnavailableException}
 * when a retry may succeed later, or the original exception, which then is a fault of this program.
 */
public final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** Timeout for the two connections that a start opens, on a machine that may be busy. */
    private static final Duration LONGEST_CONNECTING = Duration.ofSeconds(5);

    /** Interval of {@link #warm}, well below {@link PoolBuilder#SILENCE}, after which an idle connection is closed. */
    static final Duration WARMED_EVERY = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Scheduler scheduler;
    private final RetryPolicy retryPolicy;
    private final PrimaryFinder primaryFinder;
    private final Pools pools;
    private final Heartbeat heartbeat;
    private final Transactions transactions;
    private final Map<Reason, LogThrottle> refusals = new ConcurrentHashMap<>();
    private volatile long warming = -1;

    /** Creates the pools; the first connection is opened by the first statement. */
    public Database(Vertx vertx, DatabaseUrl url) {
        this.vertx = vertx;
        this.scheduler = Scheduler.of(vertx);
        this.retryPolicy = new RetryPolicy(scheduler);
        this.primaryFinder = new PrimaryFinder(vertx, url, this::isAvailable);
        this.pools = new Pools(vertx, primaryFinder::server);
        this.heartbeat = new Heartbeat(vertx, this::ping, pools::replace);
        this.transactions = new Transactions(pools::transactions);
    }

    /** The scheduler that times out its statements. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /**
     * Starts the heartbeat, which keeps {@link #isAvailable} up to date and logs every change.
     *
     * @param remedy runs after each failed heartbeat, to bring the database back; it may block
     */
    public void watch(Runnable remedy) {
        watch(remedy, WARMED_EVERY);
    }

    /** Starts the heartbeat with another interval of {@link #warm}, for tests. */
    void watch(Runnable remedy, Duration warmedEvery) {
        heartbeat.start(remedy);
        warming = vertx.setPeriodic(1, warmedEvery.toMillis(), due -> warm());
    }

    /**
     * Keeps a transaction connection open. Otherwise the first transaction after a pause would wait for TCP, TLS, the
     * login and the admission of a new one. Statements use the connection of the heartbeat.
     */
    private void warm() {
        if (isAvailable()) {
            pools.transactions().query("SELECT 1").execute();
        }
    }

    /** Whether the last heartbeat succeeded; false before {@link #watch}. */
    public boolean isAvailable() {
        return heartbeat.isAvailable();
    }

    /** Succeeds if the server accepts writes; a standby counts as unavailable. */
    public Future<Void> ping() {
        return query(PrimaryFinder.WHY_NOT_TO_BE_WRITTEN_TO, Tuple.tuple())
                .compose(PrimaryFinder::refuseWhatCannotBeWrittenTo)
                .onFailure(this::leaveReadOnlySessions);
    }

    /** Replaces the connections: a session that began read-only stays so after the role may write again. */
    private void leaveReadOnlySessions(Throwable failure) {
        if (failure instanceof DatabaseUnavailableException unavailable && unavailable.reason() == Reason.READ_ONLY) {
            pools.replace();
        }
    }

    /**
     * Runs one statement in a transaction of its own. The statement must be safe to repeat: it is retried until its
     * outcome is known.
     */
    public Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return retryPolicy
                .untilKnown(() -> pools.statements().preparedQuery(sql).execute(parameters))
                .onFailure(this::noteRefusal);
    }

    /** Logs failures that the heartbeat does not see, because it writes nothing and already has its connection. */
    private void noteRefusal(Throwable failure) {
        if (!(failure instanceof DatabaseUnavailableException unavailable) || !isAvailable()) {
            return;
        }
        switch (unavailable.reason()) {
            case DISK_FULL -> {
                if (isTimeToTell(Reason.DISK_FULL)) {
                    LOG.warn("database disk full; requests that write get a 503 until there is space");
                }
            }
            case CONNECTION_LIMIT, READ_ONLY, REFUSED_BY_POOLER, SESSION_NOT_KEPT -> {
                if (isTimeToTell(unavailable.reason())) {
                    LOG.atWarn()
                            .addKeyValue("reason", unavailable.getMessage())
                            .addKeyValue("remedy", unavailable.reason().remedy().orElse(""))
                            .log("database refused a statement; affected requests get a 503");
                }
            }
            case OVERLOADED, LOGIN_REFUSED, NO_ANSWER, NO_CONNECTION, NOT_WRITABLE, REFUSED_BY_SERVER -> {}
        }
    }

    private boolean isTimeToTell(Reason reason) {
        return refusals.computeIfAbsent(reason, first -> new LogThrottle()).isTime();
    }

    /**
     * Runs the work in one transaction on a virtual thread; the future completes on the event loop of the caller. The
     * work may call only the transaction and pure code: it is run again after a deadlock or a serialization failure,
     * and any other wait would hold a connection and row locks. An exception from the work rolls the transaction back
     * and fails the future. A commit whose outcome is unknown is not repeated.
     */
    public <T> Future<T> transaction(Function<Transaction, T> work) {
        return transactions.run(work).onFailure(this::noteRefusal);
    }

    /** Runs work without a result as {@link #transaction} does. */
    public Future<Void> inTransaction(Consumer<Transaction> work) {
        return transaction(tx -> {
                    work.accept(tx);
                    return tx;
                })
                .mapEmpty();
    }

    /**
     * The PostgreSQL settings that can lose acknowledged commits, such as {@code fsync off}. Where a standby must
     * confirm commits, a commit must also be flushed to the standby's disk.
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

    /** The encoding of the database; of PostgreSQL's encodings only {@code UTF8} can store every name. */
    public Future<String> encoding() {
        return query("SELECT current_setting('server_encoding') AS encoding", Tuple.tuple())
                .map(rows -> rows.iterator().next().getString("encoding"));
    }

    /**
     * Whether a connection keeps its server session. A pooler in transaction mode gives one session to two connections
     * that are open at once, so that one sees the settings and prepared statements of the other.
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

    /** The number of connections that this role may open to this database, if a server may need more. */
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

    /** The server that accepts writes, for code that connects to it in another way. */
    public Future<Host> primary() {
        return retryPolicy
                .untilKnown(primaryFinder::server)
                .map(server -> new Host(server.getHost(), server.getPort()));
    }

    /** Closes the connections; a connection that hangs ends with the process. */
    public Future<Void> close() {
        heartbeat.stop();
        vertx.cancelTimer(warming);
        return pools.close()
                .timeout(RetryPolicy.LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }
}
