package sa.cleanlife.partnerapi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import sa.cleanlife.partnerapi.testing.Shell;

/**
 * Runs the commands of {@code docs/operations.md} in a directory like the one that the page describes: with the
 * launcher, the data directory {@code data}, and a directory for backups in place of the machine's.
 */
record OperationsPage(Path directory, Map<String, String> environment) implements AutoCloseable {
    private static final Path PAGE = Path.of("docs/operations.md");
    private static final List<String> SHIPPED = List.of("partner-api", "ops");

    static OperationsPage in(Path directory) throws IOException {
        for (var shipped : SHIPPED) {
            Files.createSymbolicLink(
                    directory.resolve(shipped), Path.of(shipped).toAbsolutePath());
        }
        Files.createDirectories(directory.resolve("var/backups"));
        Files.createDirectories(directory.resolve("var/tmp"));
        return new OperationsPage(directory, Map.of());
    }

    OperationsPage with(Map<String, String> more) {
        return new OperationsPage(directory, more);
    }

    Path data() {
        return directory.resolve("data");
    }

    Path backups() {
        return directory.resolve("var/backups");
    }

    Path trials() {
        return directory.resolve("var/tmp");
    }

    /** The command blocks under a heading, up to the next heading. */
    static List<String> blocks(String heading) throws IOException {
        var blocks = new ArrayList<String>();
        var block = new ArrayList<String>();
        boolean isUnder = false;
        boolean isCommand = false;
        for (var line : Files.readAllLines(PAGE)) {
            var text = line.strip();
            if (line.matches("#+ .*")) {
                isUnder = line.replaceFirst("#+ ", "").equals(heading);
            } else if (isCommand && text.equals("```")) {
                isCommand = false;
                blocks.add(String.join("\n", block));
                block.clear();
            } else if (isCommand) {
                block.add(text);
            } else if (isUnder && text.equals("```sh")) {
                isCommand = true;
            }
        }
        return blocks;
    }

    /** Runs one of the blocks under this heading in a shell. */
    Shell.Run paste(String heading, int block) throws IOException {
        return type(blocks(heading).get(block));
    }

    Shell.Run type(String commands) throws IOException {
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        var builder = new ProcessBuilder("sh", "-e", "-c", commands.replace("/var/", directory.resolve("var") + "/"))
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PARTNER_API_") || name.startsWith("PG"));
        builder.environment().put("PARTNER_API_LOG", "json");
        builder.environment().putAll(environment);
        var shell = builder.start();
        try {
            if (!shell.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("still running: " + commands);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            Stream.concat(shell.descendants(), Stream.of(shell.toHandle())).forEach(ProcessHandle::destroyForcibly);
        }
        return new Shell.Run(shell.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    /** Deletes symbolic links, since JUnit warns of those that point out of a directory that it removes. */
    @Override
    public void close() throws IOException {
        for (var shipped : SHIPPED) {
            Files.delete(directory.resolve(shipped));
        }
    }
}
