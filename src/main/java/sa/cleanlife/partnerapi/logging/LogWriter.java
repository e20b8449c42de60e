package sa.cleanlife.partnerapi.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.event.KeyValuePair;

/**
 * Writes log lines on a thread of its own, so that an event loop never waits for a terminal or a pipe; when the output
 * cannot keep up, lines are lost and counted. Under load many lines are written at once: one write per line took more
 * processor time than the database responses.
 */
final class LogWriter extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** The queue holds the lines of a third of a second at full load. */
    private static final int MOST_WAITING = 32_768;

    private static final int MOST_AT_ONCE = 1_024;

    /** The pause in which lines gather. A quiet server writes a line at once, a busy one writes many together. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(1);

    /** Marks the end of the queue. */
    private static final ILoggingEvent END = new LoggingEvent();

    private final LogLines lines;
    private final OutputStream out;
    private final BlockingQueue<ILoggingEvent> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread = new Thread(this::run, "log");
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long lostAndTold;

    LogWriter(LogLines lines, OutputStream out) {
        this.lines = lines;
        this.out = out;
        thread.setDaemon(true);
    }

    @Override
    public void start() {
        super.start();
        thread.start();
    }

    /** Writes the queued lines, unless the output blocks for too long. */
    @Override
    public void stop() {
        super.stop();
        try {
            if (waiting.offer(END, SHUTDOWN_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.join(SHUTDOWN_GRACE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The number of lines that were lost. */
    long lost() {
        return lost.get();
    }

    @Override
    protected void append(ILoggingEvent event) {
        // Formatted now, since the arguments may change before the line is written.
        var _ = event.getFormattedMessage();
        if (!waiting.offer(event)) {
            lost.incrementAndGet();
        }
    }

    private void run() {
        var events = new ArrayList<ILoggingEvent>();
        try {
            while (true) {
                events.clear();
                events.add(waiting.take());
                waiting.drainTo(events, MOST_AT_ONCE - 1);
                boolean isOver = events.remove(END);
                write(events);
                if (isOver) {
                    return;
                }
                if (waiting.isEmpty()) {
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<ILoggingEvent> events) {
        text.reset();
        events.forEach(this::add);
        long lostNow = lost.get();
        if (lostNow > lostAndTold) {
            add(lossOf(lostNow - lostAndTold));
        }
        try {
            text.writeTo(out);
            lostAndTold = lostNow;
        } catch (IOException unread) {
            lost.addAndGet(events.size());
        }
    }

    /** Adds one event; an event that cannot be formatted must not affect the others. */
    private void add(ILoggingEvent event) {
        line.reset();
        try {
            lines.write(event, line);
            text.writeBytes(line.toByteArray());
        } catch (RuntimeException | StackOverflowError unwritable) {
            lost.incrementAndGet();
        }
    }

    private LoggingEvent lossOf(long lines) {
        var logger = ((LoggerContext) getContext()).getLogger(LogWriter.class);
        var event = new LoggingEvent("", logger, Level.WARN, "log lines lost", null, null);
        event.addKeyValuePair(new KeyValuePair("lines", lines));
        return event;
    }
}
