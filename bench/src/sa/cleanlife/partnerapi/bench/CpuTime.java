package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The processor time that processes have used so far, from {@code /proc}. */
final class CpuTime {
    /** A clock tick; on every machine Linux reports a hundredth of a second to programs. */
    private static final long TICK_MICROS = 10_000;

    // Fields of /proc/PID/stat, counted from the one after the closing bracket of the command.
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int CHILDREN_USER = 13;
    private static final int CHILDREN_SYSTEM = 14;

    private CpuTime() {}

    static long ofProcess(long pid) {
        return stat(pid).map(fields -> micros(fields, USER, SYSTEM)).orElse(0L);
    }

    /** Includes children that have ended: a connection's process ends with it, and its parent inherits its time. */
    static long ofPostgres(long postmaster) {
        long children = ProcessHandle.of(postmaster).stream()
                .flatMap(ProcessHandle::children)
                .mapToLong(child -> ofProcess(child.pid()))
                .sum();
        return children
                + stat(postmaster)
                        .map(fields -> micros(fields, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM))
                        .orElse(0L);
    }

    private static long micros(List<String> fields, int... positions) {
        long ticks = 0;
        for (int position : positions) {
            ticks += Long.parseLong(fields.get(position));
        }
        return ticks * TICK_MICROS;
    }

    /** Empty when the process has ended. */
    private static Optional<List<String>> stat(long pid) {
        try {
            var line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return Optional.of(List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
