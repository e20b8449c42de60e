package sa.cleanlife.partnerapi.database.embedded;

import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The permissions of files in the data directory: no other user of the machine can read them. */
final class OwnerOnly {
    static final FileAttribute<Set<PosixFilePermission>> FILE = permissions("rw-------");
    static final FileAttribute<Set<PosixFilePermission>> DIRECTORY = permissions("rwx------");

    private OwnerOnly() {}

    private static FileAttribute<Set<PosixFilePermission>> permissions(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }
}
