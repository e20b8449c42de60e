package sa.cleanlife.partnerapi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.logging.LogFormat;
import sa.cleanlife.partnerapi.logging.LogLines;

/**
 * Every line that is logged while this is open, looked at and not kept: there may be millions. The lines of requests are then
 * written nowhere else, or they would bury what tests print.
 */
public final class WatchedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final int MOST_KEPT = 10;

    private static final Logger ROOT = logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private static final Logger REQUESTS = logger("access");

    private final LogLines lines = new LogLines(LogFormat.JSON);
    private final Predicate<String> isForbidden;
    private final Queue<String> forbidden = new ConcurrentLinkedQueue<>();
    private final AtomicLong count = new AtomicLong();

    private WatchedLog(Predicate<String> isForbidden) {
        this.isForbidden = isForbidden;
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    public static WatchedLog open(Predicate<String> isForbidden) {
        var log = new WatchedLog(isForbidden);
        log.setContext(ROOT.getLoggerContext());
        log.start();
        ROOT.addAppender(log);
        REQUESTS.setAdditive(false);
        REQUESTS.addAppender(log);
        return log;
    }

    @Override
    protected void append(ILoggingEvent event) {
        var out = new ByteArrayOutputStream(512);
        lines.write(event, out);
        var line = out.toString(UTF_8);
        count.incrementAndGet();
        if (isForbidden.test(line) && forbidden.size() < MOST_KEPT) {
            forbidden.add(line);
        }
    }

    public long count() {
        return count.get();
    }

    /** The first of those lines that should not be there. */
    public Queue<String> forbidden() {
        return forbidden;
    }

    @Override
    public void close() {
        REQUESTS.detachAppender(this);
        REQUESTS.setAdditive(true);
        ROOT.detachAppender(this);
        stop();
    }
}
