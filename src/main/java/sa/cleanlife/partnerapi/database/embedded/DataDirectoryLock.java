package sa.cleanlife.partnerapi.database.embedded;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock on a data directory: the one process that holds it may start and stop its PostgreSQL. The kernel releases
 * the lock when that process ends, however it ends.
 */
final class DataDirectoryLock implements AutoCloseable {
    enum Role {
        SERVER,
        COMMAND
    }

    record Holder(Role role, long pid) {
        boolean isServer() {
            return role == Role.SERVER;
        }

        @Override
        public String toString() {
            return "the partner-api " + role.name().toLowerCase(Locale.ROOT) + " with process id " + pid;
        }
    }

    /**
     * POSIX drops a process's lock on a file as soon as the process closes any descriptor of it. So a second attempt
     * within this process must not open the file, and the holder is written to a separate file.
     */
    private static final Set<Path> HELD_BY_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    private final Path dataDirectory;
    private final FileChannel channel;

    private DataDirectoryLock(Path dataDirectory, FileChannel channel) {
        this.dataDirectory = dataDirectory;
        this.channel = channel;
    }

    static Optional<DataDirectoryLock> tryAcquire(Path dataDirectory, Role role) throws IOException {
        if (!HELD_BY_THIS_PROCESS.add(dataDirectory)) {
            return Optional.empty();
        }
        var acquired = Optional.<DataDirectoryLock>empty();
        try {
            acquired = tryLock(dataDirectory, role);
            return acquired;
        } finally {
            if (acquired.isEmpty()) {
                HELD_BY_THIS_PROCESS.remove(dataDirectory);
            }
        }
    }

    private static Optional<DataDirectoryLock> tryLock(Path dataDirectory, Role role) throws IOException {
        var channel = FileChannel.open(dataDirectory.resolve("lock"), Set.of(CREATE, WRITE), OwnerOnly.FILE);
        if (channel.tryLock() == null) {
            channel.close();
            return Optional.empty();
        }
        try {
            Files.writeString(
                    holderFile(dataDirectory),
                    role + " " + ProcessHandle.current().pid());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return Optional.of(new DataDirectoryLock(dataDirectory, channel));
    }

    Path dataDirectory() {
        return dataDirectory;
    }

    /** The process that holds the lock; empty also while that process acquires or releases it. */
    static Optional<Holder> holder(Path dataDirectory) throws IOException {
        String[] words;
        try {
            words = Files.readString(holderFile(dataDirectory)).split(" ", -1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (words.length != 2) {
            return Optional.empty();
        }
        var holder = new Holder(Role.valueOf(words[0]), Long.parseLong(words[1]));
        // A holder that was killed leaves its file behind.
        return ProcessHandle.of(holder.pid()).map(_ -> holder);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(holderFile(dataDirectory));
        } finally {
            HELD_BY_THIS_PROCESS.remove(dataDirectory);
        }
    }

    private static Path holderFile(Path dataDirectory) {
        return dataDirectory.resolve("lock-holder");
    }
}
