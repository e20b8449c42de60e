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
 * The open connections of one event loop: how many there may be, and how long each keeps its place. It must bring a whole
 * request head within 10 s, and the next within 75 s of the one before, however slowly it keeps sending. What it was
 * answered is handed over all the same, as long as it goes on taking it.
 */
public final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private static final Duration FIRST_HEAD = Duration.ofSeconds(10);

    /** Longer than the 60 s of common balancers, so that it is they who end an idle connection. */
    private static final Duration NEXT_HEAD = Duration.ofSeconds(75);

    private static final Duration UNTAKEN = Duration.ofSeconds(10);

    /** Left to itself, the kernel keeps up to 4 MB for each client that does not read. */
    private static final int KEPT_BY_KERNEL_BYTES = 128 * 1024;

    /** On each event loop: 40 MB of heap, when they are idle. */
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

    /** For how many looks a connection has brought no whole request head. */
    private static final class Silence {
        private long looks;
        private long longest;

        Silence(long longest) {
            this.longest = longest;
        }
    }

    /** @param most so many may be open at a time; who comes then is turned away */
    public Connections(Vertx vertx, int most) {
        this(vertx, most, FIRST_HEAD, NEXT_HEAD, BETWEEN_LOOKS);
    }

    /** For a test that cannot wait for so long. */
    Connections(Vertx vertx, int most, Duration toFirstHead, Duration toNextHead, Duration betweenLooks) {
        this.vertx = vertx;
        this.most = most;
        this.betweenLooks = betweenLooks;
        this.longestToFirstHead = toFirstHead.dividedBy(betweenLooks);
        this.longestToNextHead = toNextHead.dividedBy(betweenLooks);
    }

    /** How many each of so many event loops may have open. Half of the files that a process may open is left for all else. */
    public static int share(int loops) {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        return (int) Math.min(MOST, files / 2 / loops);
    }

    /** What the HTTP server must be told for these limits to hold. */
    public static HttpServerOptions limit(HttpServerOptions options) {
        return options.setIdleTimeout((int) NEXT_HEAD.toSeconds())
                // Only the kernel knows what the other end has taken. Elsewhere than on Linux the idle timeout is left.
                .setTcpUserTimeout((int) UNTAKEN.toMillis())
                // Otherwise a connection would be seen only once it has said which protocol it speaks. TLS and HTTP/2
                // are the balancer's; one protocol is one set of limits to keep.
                .setHttp2ClearTextEnabled(false)
                .setSendBufferSize(KEPT_BY_KERNEL_BYTES);
    }

    /** Lets a server of this event loop keep to the limits. */
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

    /** Not at a fixed rate: after a pause of the whole process, what has arrived meanwhile is to be read first. */
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
                    .log("connections were turned away: as many as may be are open");
            turnedAway = 0;
        }
        looking = !open.isEmpty();
        if (looking) {
            lookLater();
        }
    }

    /** How many are open; on whichever thread it is asked. */
    public int count() {
        return count;
    }
}
