package sa.cleanlife.partnerapi.database.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is added to a sentence about a failure when the disk explains it. PostgreSQL's own words may not tell: its log is on
 * the same disk.
 */
final class FullDisk {
    private static final long MB = 1024 * 1024;

    /** PostgreSQL's write-ahead log grows by files of this size, and without the next one it stops. */
    private static final long LEAST = 16 * MB;

    private FullDisk() {}

    /** Empty when there is space. */
    static String remark(Path file) {
        try {
            var left = Files.getFileStore(file).getUsableSpace();
            return left < LEAST ? " (the disk is full: %d MB are left)".formatted(left / MB) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
