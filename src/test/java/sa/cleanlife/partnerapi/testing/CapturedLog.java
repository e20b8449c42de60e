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
 * Captures every log event while it is open, in each format that the server can write; also the access log, which tests
 * do not print.
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

    /** Captures only the events of the calling thread. */
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

    /** The lines in text format, one element per event; an exception's lines belong to its event. */
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
