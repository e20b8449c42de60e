package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.database.DatabaseUrl.Host;

/**
 * PostgreSQL through one pool of connections. What goes wrong comes out as one of two: {@link
 * DatabaseUnavailableException} when asking again later may help, or the failure itself, which is then a fault of ours.
 */
public final class Database implements Statements {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** A batch of each of the frequent kinds on every event loop; the rare kinds, the heartbeat and the like. */
    private static final int CONNECTIONS = 3 * PROCESSORS + 6;

    /** Of their own, so that transactions which wait for each other's rows leave those of the batches alone. */
    private static final int CONNECTIONS_FOR_TRANSACTIONS = PROCESSORS + 6;

    /** Those that nobody waits for any more stay in the queue until a connection is there, or none is to be had. */
    private static final int MOST_WAITING = 1_000;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    /** Ends connections that a dead network holds. A busy one is never silent this long; an idle one is soon reopened. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Duration HEARTBEAT = Duration.ofMillis(250);

    /**
     * Empty when a commit will end. One that waits for a standby that is gone holds its connection, also when nobody waits
     * for it any more, so none is begun; and a primary that its standby has left may be the old one of two. Any connected
     * standby counts: which of them confirms commits is told only to roles with more privileges.
     */
    private static final String WHY_NOT_TO_BE_WRITTEN_TO = """
            SELECT CASE
                   WHEN pg_is_in_recovery()
                   THEN 'the server is a standby'
                   WHEN current_setting('synchronous_standby_names') <> ''
                        AND current_setting('synchronous_commit') NOT IN ('off', 'local')
                        AND NOT EXISTS (SELECT FROM pg_stat_replication)
                   THEN 'the standby that must confirm commits is away'
                   ELSE ''
                   END AS reason
            """;

    private final Vertx vertx;
    private final DatabaseUrl url;
    private final Time time;
    private final Patience patience;
    private final Transactions transactions = new Transactions(() -> this.transactionPool);
    private volatile Pool pool;
    private volatile Pool transactionPool;
    private Future<SqlConnectOptions> search = Future.failedFuture("none yet");
    private volatile int lastPrimary;
    private volatile boolean available;
    private volatile boolean closed;
    private volatile NowAndThen remedyFailures = new NowAndThen();
    private final NowAndThen fullDisks = new NowAndThen();
    private final NowAndThen refusedConnections = new NowAndThen();

    /** Connects when it is first asked something. */
    public Database(Vertx vertx, DatabaseUrl url) {
        this.vertx = vertx;
        this.url = url;
        this.time = Time.of(vertx);
        this.patience = new Patience(time);
        this.pool = pool();
        this.transactionPool = transactionPool();
    }

    private Pool pool() {
        return connecting("postgresql", CONNECTIONS, CONNECT_TIMEOUT, this::server)
                .withConnectHandler(this::admit)
                .build();
    }

    /** Without a limit of its own: one that it gives up waiting for may fail the next one too. */
    private Pool transactionPool() {
        return connecting("postgresql-transactions", CONNECTIONS_FOR_TRANSACTIONS, Duration.ZERO, this::server)
                .withConnectHandler(this::admit)
                .build();
    }

    private ClientBuilder<Pool> connecting(
            String name, int size, Duration longestWait, Supplier<Future<SqlConnectOptions>> server) {
        return PgBuilder.pool()
                .with(new PoolOptions()
                        .setName(name)
                        .setMaxSize(size)
                        .setMaxWaitQueueSize(MOST_WAITING)
                        .setConnectionTimeout((int) longestWait.toMillis())
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
                .with(new NetClientOptions()
                        .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                        .setIdleTimeout((int) SILENCE.toSeconds())
                        .setTcpNoDelay(true)
                        .setTcpKeepAlive(true))
                .connectingTo(server)
                .using(vertx);
    }

    /**
     * Lets a new connection into the pool when a commit on it was confirmed by the standby, if commits are. A primary that
     * was restarted shows those that waited for the standby as if they had been confirmed. Whoever was told of them would be
     * told of what is lost with the primary; but what comes before a confirmed commit is confirmed as well.
     */
    private void admit(SqlConnection connection) {
        // The statement fails with it too; without this the driver prints it.
        connection.exceptionHandler(known -> {});
        connection
                .query("""
                        SELECT CASE
                               WHEN NOT pg_is_in_recovery() THEN pg_logical_emit_message(true, 'partner-api', '')
                               END IS NOT NULL
                        """)
                .execute()
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
        if (failure != null && !Patience.isUnavailable(failure) && refusedConnections.isTime()) {
            LOG.atError()
                    .addKeyValue(
                            "reason",
                            DatabaseUnavailableException.because(failure).getMessage())
                    .log("a new connection to the database cannot be used");
        }
    }

    /**
     * Says from now on whether the database answers, and tells the operator when that changes.
     *
     * @param remedy what may help when it does not; it may block, and is tried again until the database answers
     */
    public void watch(Runnable remedy) {
        available = true;
        beat(remedy);
    }

    private void beat(Runnable remedy) {
        ping().onComplete(answer -> {
            if (closed) {
                return;
            }
            note(answer.cause());
            var helped = answer.succeeded()
                    ? Future.succeededFuture()
                    : vertx.executeBlocking(Executors.callable(remedy)).onFailure(this::noteRemedy);
            helped.onComplete(done -> vertx.setTimer(HEARTBEAT.toMillis(), next -> beat(remedy)));
        });
    }

    private void noteRemedy(Throwable failure) {
        if (remedyFailures.isTime()) {
            LOG.atWarn()
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("the database could not be started again");
        }
    }

    /** The heartbeat writes nothing, so it does not notice. */
    private void noteFullDisk(Throwable failure) {
        if (failure instanceof DatabaseUnavailableException unavailable
                && unavailable.isDiskFull()
                && fullDisks.isTime()) {
            LOG.warn("the database's disk is full; what would be stored gets a 503 until there is space");
        }
    }

    private void note(@Nullable Throwable failure) {
        boolean was = available;
        available = failure == null;
        if (failure == null && !was) {
            LOG.info("the database answers again");
        } else if (failure != null && was) {
            LOG.atWarn()
                    .addKeyValue(
                            "reason",
                            DatabaseUnavailableException.because(failure).getMessage())
                    .log("the database does not answer; requests get a 503 until it does");
            remedyFailures = new NowAndThen();
            leaveConnections();
        }
    }

    /**
     * Those that hang in a dead network would keep the places of new ones until {@link #SILENCE} has ended them. What waited
     * for one asks again at once, on the new pool.
     */
    private void leaveConnections() {
        var left = List.of(pool, transactionPool);
        pool = pool();
        transactionPool = transactionPool();
        left.forEach(Pool::close);
    }

    /** The time in which its answers are waited for. */
    public Time time() {
        return time;
    }

    /** Whether the last heartbeat was answered; false before {@link #watch}. */
    public boolean isAvailable() {
        return available;
    }

    /** Asks for a sign of life of a server that can be written to: a standby is as good as none. */
    public Future<Void> ping() {
        return query(WHY_NOT_TO_BE_WRITTEN_TO, Tuple.tuple()).compose(Database::refuseWhatCannotBeWrittenTo);
    }

    private static Future<Void> refuseWhatCannotBeWrittenTo(RowSet<Row> rows) {
        var reason = rows.iterator().next().getString("reason");
        return reason.isEmpty()
                ? Future.succeededFuture()
                : Future.failedFuture(new DatabaseUnavailableException(reason));
    }

    /** Runs one statement in a transaction of its own. It must be safe to repeat: it is asked until its answer is known. */
    @Override
    public Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return patience.untilKnown(() -> pool.preparedQuery(sql).execute(parameters))
                .onFailure(this::noteFullDisk);
    }

    /**
     * Runs several statements in one transaction, which is not repeated. The server ends it when it waits longer for a lock
     * than whoever asked waits for it, or when nothing is heard of it: a node that hangs must not hold up the others.
     */
    public <T> Future<T> pipelined(Function<Statements, Future<T>> work) {
        return patience.once(pool.withTransaction(connection -> {
                    Statements transaction =
                            (sql, parameters) -> connection.preparedQuery(sql).execute(parameters);
                    return transaction.query("""
                    SELECT set_config('lock_timeout', '1s', true),
                           set_config('idle_in_transaction_session_timeout', '5s', true)
                    """, Tuple.tuple()).compose(set -> work.apply(transaction));
                }))
                .onFailure(this::noteFullDisk);
    }

    /**
     * Runs the work on a virtual thread, in one transaction, and answers on the event loop of the caller. The work may call
     * nothing but the transaction and pure code: it is run again when PostgreSQL ends it as a deadlock or a serialization
     * failure, and while it waits for anything else it keeps a connection, and rows that others wait for. What it throws
     * rolls the transaction back, and is what the future fails with. A commit whose answer is lost is not repeated.
     */
    public <T> Future<T> transaction(Function<Transaction, T> work) {
        return transactions.run(work).onFailure(this::noteFullDisk);
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

    /** The server that can be written to, for who connects to it by other means. */
    public Future<Host> primary() {
        return patience.untilKnown(this::server).map(server -> new Host(server.getHost(), server.getPort()));
    }

    /** Ends the connections; one that hangs ends with the process. */
    public Future<Void> close() {
        closed = true;
        available = false;
        return Future.join(pool.close(), transactionPool.close())
                .<Void>mapEmpty()
                .timeout(Patience.LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }

    /**
     * Where the next connection goes: of several servers, one that can be written to. Connecting to a server that takes a
     * connection and then says nothing has no end, and would keep a place in the pool; so while the database does not
     * answer, a server is tried before the pool may connect to it.
     */
    private Future<SqlConnectOptions> server() {
        var servers = url.servers();
        return servers.size() == 1 && available ? Future.succeededFuture(servers.getFirst()) : searchPrimary(servers);
    }

    /**
     * One search at a time, however many connections wait for it. It begins with the last primary: a machine that is gone
     * and refuses nothing costs each search that asks it the time of a trial. Of the reasons why there is none, that of the
     * last primary tells the most.
     */
    private synchronized Future<SqlConnectOptions> searchPrimary(List<PgConnectOptions> servers) {
        if (search.isComplete()) {
            int first = lastPrimary;
            search = tried(servers, first);
            for (int i = 1; i < servers.size(); i++) {
                int next = (first + i) % servers.size();
                search = search.recover(reason -> tried(servers, next).recover(another -> Future.failedFuture(reason)));
            }
        }
        return search;
    }

    private Future<SqlConnectOptions> tried(List<PgConnectOptions> servers, int index) {
        var server = servers.get(index);
        var trial = connecting("postgresql-trial", 1, CONNECT_TIMEOUT, () -> Future.succeededFuture(server))
                .build();
        return trial.query(WHY_NOT_TO_BE_WRITTEN_TO)
                .execute()
                .compose(Database::refuseWhatCannotBeWrittenTo)
                .timeout(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(tried -> trial.close())
                .map(primary -> {
                    lastPrimary = index;
                    return server;
                });
    }
}
