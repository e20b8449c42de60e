package sa.cleanlife.partnerapi.database.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** What PostgreSQL's programs print, for whoever asks why one of them failed. */
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

    /** Keeps the log from growing for ever. Only while PostgreSQL is not running: it would go on writing into the old file. */
    void rotate() throws IOException {
        // Somebody who needs space may have removed it.
        create();
        if (Files.size(file) > MAX_BYTES) {
            Files.move(file, file.resolveSibling("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
            create();
        }
    }

    /** The end of a sentence that says what failed. */
    String end() throws IOException {
        create();
        var lines = new String(Files.readAllBytes(file), UTF_8).lines().toList();
        var last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
        return FullDisk.remark(file) + ". The end of " + file + ":\n  " + String.join("\n  ", last);
    }
}
