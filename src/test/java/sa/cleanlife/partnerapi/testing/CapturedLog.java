package sa.cleanlife.partnerapi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import sa.cleanlife.partnerapi.logging.LogFormat;
import sa.cleanlife.partnerapi.logging.LogLines;

/**
 * Everything that is logged while this is open, as the server would write it in each of its formats; also the lines of
 * requests, which tests do not print.
 */
public final class CapturedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Predicate<Thread> threads;
    private final LogLines text = new LogLines(LogFormat.TEXT);
    private final LogLines json = new LogLines(LogFormat.JSON);
    private final List<String> textEvents = new CopyOnWriteArrayList<>();
    private final List<String> jsonEvents = new CopyOnWriteArrayList<>();

    private CapturedLog(Predicate<Thread> threads) {
        this.threads = threads;
    }

    public static CapturedLog open() {
        return open(any -> true);
    }

    /** Only what the calling thread logs. */
    static CapturedLog ofThisThread() {
        return open(Thread.currentThread()::equals);
    }

    private static CapturedLog open(Predicate<Thread> threads) {
        var log = new CapturedLog(threads);
        TestLogging.attach(log);
        return log;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (threads.test(Thread.currentThread())) {
            textEvents.add(line(text, event));
            jsonEvents.add(line(json, event));
        }
    }

    private static String line(LogLines lines, ILoggingEvent event) {
        var out = new ByteArrayOutputStream();
        lines.write(event, out);
        return out.toString(UTF_8);
    }

    /** One for each event; the lines of an exception belong to its event. */
    public List<String> text() {
        return List.copyOf(textEvents);
    }

    public List<String> json() {
        return List.copyOf(jsonEvents);
    }

    @Override
    public void close() {
        TestLogging.detach(this);
    }
}
