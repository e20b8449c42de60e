package sa.cleanlife.partnerapi.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import io.vertx.sqlclient.DatabaseException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.event.KeyValuePair;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.JsonWriter;

/**
 * Writes a log event as a line of text or JSON. Of an exception it writes the types and stack frames, never the
 * message: messages may quote values such as phones, which must not be logged.
 */
public final class LogLines {
    private static final DateTimeFormatter LOCAL_TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private final LogFormat format;

    public LogLines(LogFormat format) {
        this.format = format;
    }

    public void write(ILoggingEvent event, ByteArrayOutputStream out) {
        switch (format) {
            case TEXT -> out.writeBytes(text(event).getBytes(StandardCharsets.UTF_8));
            case JSON -> Json.write(json -> writeJson(event, json), out);
        }
        out.write('\n');
    }

    private static String text(ILoggingEvent event) {
        var line = new StringBuilder()
                .append(LOCAL_TIME.format(event.getInstant()))
                .append(' ')
                .append(event.getLevel())
                .append(' ')
                .append(event.getFormattedMessage());
        for (var pair : pairs(event)) {
            line.append(' ').append(pair.key).append('=').append(pair.value);
        }
        for (var cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
            line.append("\n  ").append(name(cause));
            for (var frame : cause.getStackTraceElementProxyArray()) {
                line.append("\n    ").append(frame.getSTEAsString());
            }
        }
        return line.toString();
    }

    private static void writeJson(ILoggingEvent event, JsonWriter out) {
        out.field("time", Instant.ofEpochMilli(event.getTimeStamp()).toString())
                .field("level", event.getLevel().toString())
                .field("logger", event.getLoggerName())
                .field("message", event.getFormattedMessage());
        for (var pair : pairs(event)) {
            switch (pair.value) {
                case Number number -> out.number(pair.key, number.toString());
                case null -> out.nullField(pair.key);
                default -> out.field(pair.key, pair.value.toString());
            }
        }
        if (event.getThrowableProxy() != null) {
            out.strings("exception", exception(event));
        }
    }

    private static List<String> exception(ILoggingEvent event) {
        var lines = new ArrayList<String>();
        for (var cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
            lines.add(name(cause));
            for (var frame : cause.getStackTraceElementProxyArray()) {
                lines.add(frame.getSTEAsString());
            }
        }
        return lines;
    }

    private static List<KeyValuePair> pairs(ILoggingEvent event) {
        return event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
    }

    private static String name(IThrowableProxy cause) {
        return cause instanceof ThrowableProxy proxy && proxy.getThrowable() instanceof DatabaseException e
                ? cause.getClassName() + " SQLSTATE " + e.getSqlState()
                : cause.getClassName();
    }
}
