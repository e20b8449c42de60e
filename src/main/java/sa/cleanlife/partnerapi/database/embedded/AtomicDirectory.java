package sa.cleanlife.partnerapi.database.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;

/** A directory that bears another name until it is complete, so that what has its name was never cut short. */
record AtomicDirectory(Path path, Path target) {
    /** Makes it anew and empty; what an earlier attempt left is removed. */
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
        // Otherwise a power cut could bring the old name back, and the next start would remove what is in it.
        try (var parent = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            parent.force(true);
        }
    }
}
