package sa.cleanlife.partnerapi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.logging.LogFormat;
import sa.cleanlife.partnerapi.logging.LogLines;

/** Everything that is logged while this is open, as the server would write it in each of its formats. */
public final class CapturedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    private final LogLines text = new LogLines(LogFormat.TEXT);
    private final LogLines json = new LogLines(LogFormat.JSON);
    private final List<String> textEvents = new CopyOnWriteArrayList<>();
    private final List<String> jsonEvents = new CopyOnWriteArrayList<>();

    private CapturedLog() {}

    public static CapturedLog open() {
        var log = new CapturedLog();
        log.setContext(ROOT.getLoggerContext());
        log.start();
        ROOT.addAppender(log);
        return log;
    }

    @Override
    protected void append(ILoggingEvent event) {
        textEvents.add(line(text, event));
        jsonEvents.add(line(json, event));
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
        ROOT.detachAppender(this);
        stop();
    }
}
