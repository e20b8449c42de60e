package sa.cleanlife.partnerapi.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.Settings.LogFormat;

/**
 * Log lines go to standard error, so that standard output is what was asked for. They are written by a thread of their
 * own: an event loop never waits for a terminal or a pipe, and when that cannot keep up, lines are lost, not requests.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** A second of lines at full load. */
    private static final int MOST_LINES_WAITING = 65_536;

    /** Logback finds this class by name, before the settings are read; they may change the format later. */
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        use(context, LogFormat.TEXT);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static void use(LogFormat format) {
        use((LoggerContext) LoggerFactory.getILoggerFactory(), format);
    }

    /** Writes the lines that still wait. */
    static void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private static void use(LoggerContext context, LogFormat format) {
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.setLevel(Level.INFO);
        // What clients do to their connections is no news, and could fill the log.
        context.getLogger("io.netty").setLevel(Level.ERROR);
        // Each new pool has the old one's meters.
        context.getLogger("io.micrometer").setLevel(Level.ERROR);
        // Its news is of no use to an operator, its warnings are.
        context.getLogger("org.flywaydb").setLevel(Level.WARN);

        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(new LogLines(format));
        console.start();

        var async = new AsyncAppender();
        async.setContext(context);
        async.setQueueSize(MOST_LINES_WAITING);
        async.setDiscardingThreshold(0);
        async.setNeverBlock(true);
        async.addAppender(console);
        async.start();
        root.addAppender(async);
    }
}
