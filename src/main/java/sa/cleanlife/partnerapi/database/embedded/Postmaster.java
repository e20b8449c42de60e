package sa.cleanlife.partnerapi.database.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A running PostgreSQL, as its {@code postmaster.pid} describes it. */
record Postmaster(ProcessHandle process, int port, boolean isReady) {
    // The lines of the file, counted from 0 (PostgreSQL's src/include/utils/pidfile.h).
    private static final int PID = 0;
    private static final int PORT = 3;
    private static final int STATUS = 7;

    /**
     * The running PostgreSQL; empty also if a crash left the file, even when another program has the process id by now.
     */
    static Optional<Postmaster> find(Path dataDirectory) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(EmbeddedCluster.pidFile(dataDirectory));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        // PostgreSQL writes the file in several steps.
        if (lines.size() <= PORT) {
            return Optional.empty();
        }
        var port = Integer.parseInt(lines.get(PORT));
        var isReady = lines.size() > STATUS && lines.get(STATUS).strip().equals("ready");
        return ProcessHandle.of(Long.parseLong(lines.get(PID)))
                .filter(process -> PostgresBinaries.areRunBy(process, dataDirectory))
                .map(process -> new Postmaster(process, port, isReady));
    }
}
