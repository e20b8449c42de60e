package sa.cleanlife.partnerapi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import sa.cleanlife.partnerapi.logging.LogFormat;
import sa.cleanlife.partnerapi.logging.LogLines;

/** Inspects every log line while it is open and keeps none: there may be millions. */
public final class WatchedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final int MOST_KEPT = 10;

    private final LogLines lines = new LogLines(LogFormat.JSON);
    private final Predicate<String> isForbidden;
    private final Queue<String> forbidden = new ConcurrentLinkedQueue<>();
    private final AtomicLong count = new AtomicLong();

    private WatchedLog(Predicate<String> isForbidden) {
        this.isForbidden = isForbidden;
    }

    public static WatchedLog open(Predicate<String> isForbidden) {
        var log = new WatchedLog(isForbidden);
        TestLogging.attach(log);
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

    /** The first lines that contained something forbidden. */
    public Queue<String> forbidden() {
        return forbidden;
    }

    @Override
    public void close() {
        TestLogging.detach(this);
    }
}
