package sa.cleanlife.partnerapi.database.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The log file of PostgreSQL's programs, which shows why one of them failed. */
record PostgresLog(Path file) {
    private static final long MAX_BYTES = 1_000_000;
    private static final int LAST_LINES = 8;

    static PostgresLog in(Path dataDirectory) throws IOException {
        var log = new PostgresLog(dataDirectory.resolve("postgres.log"));
        log.create();
        return log;
    }

    private void create() throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, OwnerOnly.FILE);
        }
    }

    /**
     * Starts a new file when the log has grown large. Only while PostgreSQL is stopped: a running one would go on
     * writing to the old file.
     */
    void rotate() throws IOException {
        // The file may have been deleted to free disk space.
        create();
        if (Files.size(file) > MAX_BYTES) {
            Files.move(file, file.resolveSibling("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
            create();
        }
    }

    /** The end of an error sentence: the last lines of the log, after a remark if the disk is full. */
    String end() throws IOException {
        create();
        var lines = new String(Files.readAllBytes(file), UTF_8).lines().toList();
        var last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
        return FullDisk.remark(file) + ". The end of " + file + ":\n  " + String.join("\n  ", last);
    }
}
