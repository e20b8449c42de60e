package sa.cleanlife.partnerapi.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Log lines written to a pipe, as another program would read them. */
@Timeout(60)
class LogWriterTest {
    private static final Pattern LOST = Pattern.compile("\"message\":\"log lines lost.*\"lines\":(\\d+)");

    private final PipedInputStream pipe = new PipedInputStream();
    private final BufferedReader reader = new BufferedReader(new InputStreamReader(pipe, UTF_8));
    private final LoggerContext logs = new LoggerContext();
    private LogWriter writer;

    @BeforeEach
    void start() throws IOException {
        useWriterTo(new PipedOutputStream(pipe));
    }

    private void useWriterTo(OutputStream out) {
        logs.getLogger("ROOT").detachAndStopAllAppenders();
        writer = new LogWriter(new LogLines(LogFormat.JSON), out);
        writer.setContext(logs);
        writer.start();
        logs.getLogger("ROOT").addAppender(writer);
    }

    private void log(int lines) {
        for (int i = 0; i < lines; i++) {
            logs.getLogger("test").info("line " + i);
        }
    }

    private List<String> read(String last) throws IOException {
        var lines = new ArrayList<String>();
        do {
            lines.add(reader.readLine());
        } while (!lines.getLast().contains(last));
        return lines;
    }

    @Test
    void every_line_is_written_in_its_order_when_somebody_reads() throws IOException {
        log(100);

        var lines = read("line 99");
        for (int i = 0; i < 100; i++) {
            assertThat(lines.get(i))
                    .startsWith("{")
                    .contains("\"line " + i + "\"")
                    .endsWith("}");
        }
        writer.stop();
        assertThat(writer.lost()).isZero();
    }

    @Test
    void lines_are_dropped_and_counted_without_blocking_when_nobody_reads() throws IOException {
        log(100_000);

        assertThat(writer.lost()).isPositive();
        long read = 0;
        long told = 0;
        while (read + told < 100_000) {
            var line = reader.readLine();
            var loss = LOST.matcher(line);
            if (loss.find()) {
                told += Long.parseLong(loss.group(1));
            } else {
                read++;
            }
        }
        assertThat(told).isEqualTo(writer.lost());
    }

    @Test
    void the_lines_that_wait_are_written_before_a_stop_ends() throws IOException {
        var slow = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
                super.write(bytes, offset, length);
            }
        };
        useWriterTo(slow);
        log(20);

        writer.stop();

        assertThat(slow.toString(UTF_8).lines()).hasSize(20);
    }

    @Test
    void a_line_that_cannot_be_written_spoils_no_other() throws IOException {
        logs.getLogger("test").atInfo().addKeyValue("value", new Unwritable()).log("lost");
        log(1);

        assertThat(read("line 0")).last().asString().startsWith("{\"time\"");
        assertThat(writer.lost()).isOne();
    }

    private static final class Unwritable {
        @Override
        public String toString() {
            throw new IllegalStateException("unwritable");
        }
    }
}
