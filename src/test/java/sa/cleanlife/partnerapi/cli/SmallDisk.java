package sa.cleanlife.partnerapi.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A disk of some megabytes, in memory, for a test to fill. */
record SmallDisk(Path path) implements AutoCloseable {
    /** Mounts the disk; empty where this user may not mount one. */
    static Optional<SmallDisk> mount(Path directory, int megabytes) throws IOException {
        var path = Files.createDirectory(directory.resolve("small-disk"));
        return succeeds("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString())
                ? Optional.of(new SmallDisk(path))
                : Optional.empty();
    }

    private static boolean succeeds(String... command) {
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Fills the disk to the last byte. */
    void fill() throws IOException {
        fillBut(0);
    }

    void fillBut(long megabytes) throws IOException {
        var block = new byte[4096];
        try (var out = Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (megabytes == 0 || Files.getFileStore(path).getUsableSpace() > megabytes * 1024 * 1024) {
                out.write(block);
            }
        } catch (IOException full) {
            if (Files.getFileStore(path).getUsableSpace() >= block.length) {
                throw full;
            }
        }
    }

    /** Frees space, as an operator would. */
    void makeSpace() throws IOException {
        Files.deleteIfExists(filler());
    }

    private Path filler() {
        return path.resolve("filler");
    }

    @Override
    public void close() throws IOException {
        if (!succeeds("umount", path.toString()) && !succeeds("umount", "-l", path.toString())) {
            throw new IOException(path + " could not be unmounted");
        }
    }
}
