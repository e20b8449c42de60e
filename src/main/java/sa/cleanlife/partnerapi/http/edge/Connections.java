package sa.cleanlife.partnerapi.http.edge;

import com.sun.management.UnixOperatingSystemMXBean;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the open connections of one event loop, in number and in time. A connection must deliver its first request
 * head within 10 s, and each next one within 75 s of the one before, even if it keeps sending slowly. A response is
 * still delivered after that, as long as the client keeps reading it.
 */
public final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private static final Duration FIRST_HEAD = Duration.ofSeconds(10);

    /** Longer than the 60 s of common load balancers, so that the balancer closes idle connections first. */
    private static final Duration NEXT_HEAD = Duration.ofSeconds(75);

    private static final Duration UNTAKEN = Duration.ofSeconds(10);

    /** By default, the kernel buffers up to 4 MB for each client that does not read. */
    private static final int KEPT_BY_KERNEL_BYTES = 128 * 1024;

    /** Per event loop; idle connections of this number take 40 MB of heap. */
    private static final int MOST = 5_000;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final int most;
    private final Duration betweenLooks;
    private final long longestToFirstHead;
    private final long longestToNextHead;
    private final Map<HttpConnection, Silence> open = new HashMap<>();
    private volatile int count;
    private boolean looking;
    private int turnedAway;

    /** The number of checks since the connection delivered a request head. */
    private static final class Silence {
        private long looks;
        private long longest;

        Silence(long longest) {
            this.longest = longest;
        }
    }

    /** @param most the connection limit; beyond it new connections are rejected */
    public Connections(Vertx vertx, int most) {
        this(vertx, most, FIRST_HEAD, NEXT_HEAD, BETWEEN_LOOKS);
    }

    /** For tests, which cannot wait for the real timeouts. */
    Connections(Vertx vertx, int most, Duration toFirstHead, Duration toNextHead, Duration betweenLooks) {
        this.vertx = vertx;
        this.most = most;
        this.betweenLooks = betweenLooks;
        this.longestToFirstHead = toFirstHead.dividedBy(betweenLooks);
        this.longestToNextHead = toNextHead.dividedBy(betweenLooks);
    }

    /** The connection limit of each event loop. Half of the file descriptors of the process are left for other uses. */
    public static int share(int loops) {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        return (int) Math.min(MOST, files / 2 / loops);
    }

    /** The options of the HTTP server that enforce these limits. */
    public static HttpServerOptions limit(HttpServerOptions options) {
        return options.setIdleTimeout((int) NEXT_HEAD.toSeconds())
                // Only the kernel knows what the client has received. On other systems than Linux only the idle timeout
                // applies.
                .setTcpUserTimeout((int) UNTAKEN.toMillis())
                // Otherwise a connection would be visible only after it has chosen a protocol. TLS and HTTP/2 are left
                // to the load balancer, so that the limits have to be kept for one protocol only.
                .setHttp2ClearTextEnabled(false)
                .setSendBufferSize(KEPT_BY_KERNEL_BYTES);
    }

    /** Applies the limits to a server on this event loop. */
    public HttpServer watch(HttpServer server, Handler<HttpServerRequest> handler) {
        return server.connectionHandler(this::opened).requestHandler(request -> {
            headArrived(request.connection());
            handler.handle(request);
        });
    }

    private void opened(HttpConnection connection) {
        if (open.size() >= most) {
            turnedAway++;
            connection.close();
            return;
        }
        HeadGate.putBefore(connection);
        open.put(connection, new Silence(longestToFirstHead));
        count = open.size();
        connection.closeHandler(closed -> {
            open.remove(connection);
            count = open.size();
        });
        if (!looking) {
            looking = true;
            lookLater();
        }
    }

    private void headArrived(HttpConnection connection) {
        var silence = open.get(connection);
        if (silence != null) {
            silence.looks = 0;
            silence.longest = longestToNextHead;
        }
    }

    /**
     * Not at a fixed rate: after a pause of the whole process, data that has arrived meanwhile must be read before the
     * next check.
     */
    private void lookLater() {
        vertx.setTimer(betweenLooks.toMillis(), due -> look());
    }

    private void look() {
        var late = new ArrayList<HttpConnection>();
        open.forEach((connection, silence) -> {
            if (silence.looks++ == silence.longest) {
                late.add(connection);
            }
        });
        late.forEach(HttpConnection::close);
        if (turnedAway > 0) {
            LOG.atWarn()
                    .addKeyValue("turnedAway", turnedAway)
                    .addKeyValue("open", open.size())
                    .log("connection limit reached; new connections rejected");
            turnedAway = 0;
        }
        looking = !open.isEmpty();
        if (looking) {
            lookLater();
        }
    }

    /** The number of open connections; may be called on any thread. */
    public int count() {
        return count;
    }
}
