package sa.cleanlife.partnerapi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Runs a load generator to its end. */
final class Command {
    private Command() {}

    /** Returns its output. */
    static String run(Workspace workspace, ProcessBuilder builder) {
        var process = workspace.start(builder.redirectErrorStream(true)
                .directory(workspace.directory().toFile()));
        try {
            var output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new CheckFailedException(
                        builder.command().getFirst() + " failed:" + System.lineSeparator() + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            workspace.forget(process);
        }
    }
}
