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
 * What the packaged server left where it was started for the first time, called with the curl line that it printed, and
 * stopped. Tests run on copies.
 *
 * @param out what it printed
 * @param answer what the curl line printed
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

    /** What a line prints that is pasted into a shell. */
    static String run(String pasted) throws Exception {
        // A pipe would hold up an answer that is longer than its buffer.
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
