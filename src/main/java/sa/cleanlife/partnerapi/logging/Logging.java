package sa.cleanlife.partnerapi.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import org.slf4j.LoggerFactory;

/**
 * Configures logging: levels and output. Logs go to standard error, so that standard output holds only the output of
 * the command.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String WRITER = "standard error";

    /**
     * Configures the text format; settings may change it later. Logback finds this class by name, before the settings
     * are read.
     */
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        use(context, LogFormat.TEXT);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Sets the format of all further lines. */
    public static void use(LogFormat format) {
        use(context(), format);
    }

    /** Stops logging after writing the queued lines. */
    public static void stop() {
        context().stop();
    }

    public static void countLostLines(MeterRegistry meters) {
        FunctionCounter.builder("log.lines.lost", context(), Logging::lostLines)
                .description("Log lines lost because the output could not keep up")
                .register(meters);
    }

    private static long lostLines(LoggerContext context) {
        return context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(WRITER) instanceof LogWriter writer
                ? writer.lost()
                : 0;
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    private static void use(LoggerContext context, LogFormat format) {
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.setLevel(Level.INFO);
        // Errors of client connections are no news, and could fill the log.
        context.getLogger("io.netty").setLevel(Level.ERROR);
        // A new pool registers the same meters as the old one.
        context.getLogger("io.micrometer").setLevel(Level.ERROR);
        // Its information messages are of no use to an operator; its warnings are.
        context.getLogger("org.flywaydb").setLevel(Level.WARN);
        // A failed migration may only have met a lock; it is logged where the cause is known.
        context.getLogger("org.flywaydb.core.internal.command.DbMigrate").setLevel(Level.OFF);

        var writer = new LogWriter(new LogLines(format), new FileOutputStream(FileDescriptor.err));
        writer.setContext(context);
        writer.setName(WRITER);
        writer.start();
        root.addAppender(writer);
    }
}
