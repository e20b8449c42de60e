package sa.cleanlife.partnerapi.database.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;

/**
 * A directory that has a temporary name until it is complete, so that a directory with the final name is never half
 * written.
 */
record AtomicDirectory(Path path, Path target) {
    /** Creates the temporary directory, empty; what an interrupted attempt left is deleted. */
    static AtomicDirectory of(Path target) throws IOException {
        var path = target.resolveSibling(target.getFileName() + ".new");
        if (Files.exists(path)) {
            List<Path> left;
            try (var walk = Files.walk(path)) {
                left = walk.sorted(Comparator.reverseOrder()).toList();
            }
            for (var file : left) {
                Files.delete(file);
            }
        }
        Files.createDirectory(path, OwnerOnly.DIRECTORY);
        return new AtomicDirectory(path, target);
    }

    void finish() throws IOException {
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        // Without this, a power cut could undo the rename, and the next start would delete the directory.
        try (var parent = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            parent.force(true);
        }
    }
}
