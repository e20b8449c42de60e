package sa.cleanlife.partnerapi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;

/**
 * The first start of the packaged server on a new data directory, which was used with the printed curl line and stopped.
 * Tests run on copies of that directory.
 *
 * @param out the output of the server
 * @param answer the output of the curl line
 */
record FirstStart(DataDirectory data, String out, String answer, String key) {
    private static final AtomicInteger COPIES = new AtomicInteger();

    static FirstStart in(Path directory) throws Exception {
        var data = DataDirectory.of(directory.resolve("first"));
        try (var server = Launched.serve(data)) {
            return new FirstStart(data, server.out(), run(curlLine(server.out())), server.printedKey());
        }
    }

    DataDirectory copyOfData() throws IOException {
        return data.copyTo(data.path().resolveSibling("copy-" + COPIES.incrementAndGet()));
    }

    private static String curlLine(String out) {
        return out.lines()
                .filter(line -> line.startsWith("  curl "))
                .findFirst()
                .orElseThrow();
    }

    /** The output of a line that is pasted into a shell. */
    static String run(String pasted) throws Exception {
        // A pipe would block a response longer than its buffer.
        var answer = Files.createTempFile("answer", ".txt");
        var process = new ProcessBuilder("sh", "-c", pasted)
                .redirectOutput(answer.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return Files.readString(answer, UTF_8);
        } finally {
            process.destroyForcibly();
            Files.delete(answer);
        }
    }
}
