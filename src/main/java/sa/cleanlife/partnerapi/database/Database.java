package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
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

    /** How often the mark of a session is read to see whether a pooler keeps the session. */
    private static final int READINGS = 3;

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
    private volatile boolean sessionsAreReadOnly;

    /** Creates the pools; the first connection is opened by the first statement. */
    public Database(Vertx vertx, DatabaseUrl url) {
        this.vertx = vertx;
        this.scheduler = Scheduler.of(vertx);
        this.retryPolicy = new RetryPolicy(scheduler);
        this.primaryFinder = new PrimaryFinder(vertx, url, this::isAvailable);
        this.pools = new Pools(vertx, primaryFinder::server);
        this.heartbeat = new Heartbeat(vertx, this::ping, this::leaveLostSessions);
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
        return sessionsAreReadOnly
                ? retryPolicy.once(primaryFinder.trial()).onSuccess(writable -> leaveReadOnlySessions())
                : query(PrimaryFinder.WHY_NOT_TO_BE_WRITTEN_TO, Tuple.tuple())
                        .compose(PrimaryFinder::refuseWhatCannotBeWrittenTo)
                        .onFailure(this::noteReadOnly);
    }

    /**
     * A session that began read-only stays so after the role may write again. So each ping then opens a session of its own,
     * and the others stay open for reading until the role may write.
     */
    private void noteReadOnly(Throwable failure) {
        sessionsAreReadOnly =
                failure instanceof DatabaseUnavailableException unavailable && unavailable.reason() == Reason.READ_ONLY;
    }

    private void leaveLostSessions() {
        if (!sessionsAreReadOnly) {
            pools.replace();
        }
    }

    private void leaveReadOnlySessions() {
        sessionsAreReadOnly = false;
        pools.replace();
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

    /** PostgreSQL's {@code session_replication_role}; with another than {@code origin}, triggers and foreign keys are off. */
    public Future<String> replicationRole() {
        return query("SELECT current_setting('session_replication_role') AS role", Tuple.tuple())
                .map(rows -> rows.iterator().next().getString("role"));
    }

    /**
     * Whether a connection keeps its server session. A pooler in transaction mode may give each transaction another
     * session, which has other settings and other prepared statements. Poolers choose the session that was freed last, or
     * each in turn. So one session is marked and read several times, alone and while another holds a transaction open.
     */
    public Future<Boolean> keepsSessions() {
        return retryPolicy.once(
                pools.statements()
                        .withConnection(one -> marked(one)
                                .compose(mark -> isKept(one, mark, READINGS)
                                        .compose(kept -> kept
                                                ? pools.transactions()
                                                        .withConnection(other -> isKeptBeside(other, one, mark))
                                                : Future.succeededFuture(false)))),
                LONGEST_CONNECTING);
    }

    /** Sets a value in the session that nobody else sets, and answers how the session is told from others by it. */
    private static Future<String> marked(SqlConnection session) {
        return session.query("SELECT set_config('partner_api.session', gen_random_uuid()::text, false)")
                .execute()
                .compose(set -> mark(session));
    }

    private static Future<String> mark(SqlConnection session) {
        return session.query("SELECT concat_ws(' ', pg_backend_pid(), current_setting('partner_api.session', true))")
                .execute()
                .map(rows -> rows.iterator().next().getString(0));
    }

    private static Future<Boolean> isKept(SqlConnection session, String mark, int readings) {
        return readings == 0
                ? Future.succeededFuture(true)
                : mark(session)
                        .compose(read -> read.equals(mark)
                                ? isKept(session, mark, readings - 1)
                                : Future.succeededFuture(false));
    }

    /** Of a pooler with a single session, the transaction would leave none to look at. */
    private static Future<Boolean> isKeptBeside(SqlConnection other, SqlConnection session, String mark) {
        return mark(other)
                .compose(another -> another.equals(mark)
                        ? Future.succeededFuture(false)
                        : other.query("BEGIN")
                                .execute()
                                .compose(begun -> isKept(session, mark, READINGS))
                                .eventually(() -> other.query("ROLLBACK").execute()));
    }

    /** How many connections one server opens at the most. */
    public static int mostConnections() {
        return Pools.MOST_CONNECTIONS;
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
