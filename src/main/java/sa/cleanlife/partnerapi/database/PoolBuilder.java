package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The connection settings of every pool: timeouts, keep-alive and queue length. */
final class PoolBuilder {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    /**
     * Closes connections that a dead network holds. A busy connection is never silent this long; an idle one is soon
     * reopened.
     */
    static final Duration SILENCE = Duration.ofSeconds(30);

    /**
     * Large, because a request whose caller has given up stays in the queue until a connection is available or refused.
     */
    private static final int MOST_WAITING = 1_000;

    private PoolBuilder() {}

    /** @param server the server of the next connection */
    static ClientBuilder<Pool> of(
            Vertx vertx, String name, int size, Duration longestWait, Supplier<Future<SqlConnectOptions>> server) {
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
}
