package sa.cleanlife.partnerapi.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.logging.Logging;

/**
 * Configures what tests print of the log: everything but the access log, since thousands of those lines would bury a
 * failure. The server still produces them, and an attached appender receives them.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class TestLogging extends ContextAwareBase implements Configurator {
    private static final String REQUESTS = "access";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        var status = new Logging().configure(context);
        context.getLogger(REQUESTS).setAdditive(false);
        // This library warns of every keyword in openapi.yaml that JSON Schema does not define.
        context.getLogger("com.networknt.schema").setLevel(Level.ERROR);
        return status;
    }

    /** Sends every log event to the appender too, including the access log. */
    static void attach(Appender<ILoggingEvent> appender) {
        appender.setContext(logger(Logger.ROOT_LOGGER_NAME).getLoggerContext());
        appender.start();
        logger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        logger(REQUESTS).addAppender(appender);
    }

    static void detach(Appender<ILoggingEvent> appender) {
        logger(REQUESTS).detachAppender(appender);
        logger(Logger.ROOT_LOGGER_NAME).detachAppender(appender);
        appender.stop();
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
