package sa.cleanlife.partnerapi.database.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A remark about a full disk, added to the sentence about a failure. The messages of PostgreSQL may not mention it,
 * since its log is on the same disk.
 */
final class FullDisk {
    private static final long MB = 1024 * 1024;

    /** PostgreSQL's write-ahead log grows by files of this size; PostgreSQL stops when it cannot write the next one. */
    private static final long LEAST = 16 * MB;

    private FullDisk() {}

    /** The remark; empty when the disk has space. */
    static String remark(Path file) {
        try {
            var left = Files.getFileStore(file).getUsableSpace();
            return left < LEAST ? " (the disk is full: %d MB are left)".formatted(left / MB) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
