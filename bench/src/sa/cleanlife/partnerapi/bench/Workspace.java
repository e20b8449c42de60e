package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The directory and the processes of a run; all are removed when it ends, however it ends. */
final class Workspace implements AutoCloseable {
    private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(3);

    private final Path directory;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private volatile boolean closed;

    private Workspace(Path directory) {
        this.directory = directory;
    }

    /**
     * Creates it below this directory. The system's temporary directory is often in memory, where a database would be
     * too fast.
     */
    static Workspace in(Path parent) {
        try {
            var workspace = new Workspace(Files.createTempDirectory(Files.createDirectories(parent), "run-"));
            Runtime.getRuntime().addShutdownHook(new Thread(workspace::close));
            return workspace;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isClosed() {
        return closed;
    }

    Path directory() {
        return directory;
    }

    /** Fails after the workspace was closed, which a signal may do at any time; nothing can be opened during that. */
    synchronized <T extends AutoCloseable> T open(Callable<T> opening) {
        if (closed) {
            throw new IllegalStateException("the run has ended");
        }
        try {
            var resource = opening.call();
            opened.push(resource);
            return resource;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    Process start(ProcessBuilder builder) {
        return open(() -> new Running(builder.start())).process();
    }

    private record Running(Process process) implements AutoCloseable {
        /** Also ends children: a launcher may not have replaced itself with the program yet. */
        @Override
        public void close() {
            var all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                    .toList();
            all.forEach(ProcessHandle::destroy);
            try {
                process.waitFor(SHUTDOWN_GRACE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            all.forEach(ProcessHandle::destroyForcibly);
            process.toHandle().onExit().join();
        }
    }

    /** Ends one process that is no longer needed. */
    void stop(Process process) {
        new Running(process).close();
        forget(process);
    }

    /** Removes a process that has ended by itself. */
    synchronized void forget(Process process) {
        opened.removeIf(
                each -> each instanceof Running running && running.process().equals(process));
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                System.err.println("bench: a resource could not be closed: " + e);
            }
        }
        delete();
    }

    private void delete() {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            // The directory is gone already.
        } catch (IOException | UncheckedIOException e) {
            System.err.println("bench: " + directory + " could not be removed completely: " + e);
        }
    }
}
