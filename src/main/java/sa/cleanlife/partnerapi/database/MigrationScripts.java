package sa.cleanlife.partnerapi.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The migration scripts of all features: the files under {@code db/migration} on the class path, in a directory or a
 * jar.
 */
final class MigrationScripts {
    static final String DIRECTORY = "db/migration";

    private static final Pattern NAME = Pattern.compile("V([1-9][0-9]*)__\\w+\\.sql");

    private MigrationScripts() {}

    /** The versions of the scripts, in order. */
    static List<String> versions(ClassLoader loader) {
        try {
            return Collections.list(loader.getResources(DIRECTORY)).stream()
                    .flatMap(MigrationScripts::names)
                    .filter(name -> name.endsWith(".sql"))
                    .map(MigrationScripts::version)
                    .sorted()
                    .map(String::valueOf)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int version(String name) {
        var matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalStateException("a migration must be named V12__what_it_does.sql, unlike " + name);
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static Stream<String> names(URL directory) {
        try {
            if (directory.openConnection() instanceof JarURLConnection connection) {
                // A separate connection can be closed; the one that the class loader has cached must stay open.
                connection.setUseCaches(false);
                try (var jar = connection.getJarFile()) {
                    return jar.stream()
                            .map(entry -> Path.of(entry.getName()))
                            .filter(path -> path.startsWith(DIRECTORY) && !path.endsWith(DIRECTORY))
                            .map(path -> path.getFileName().toString())
                            .toList()
                            .stream();
                }
            }
            try (var files = Files.list(Path.of(URI.create(directory.toString())))) {
                return files.map(file -> file.getFileName().toString()).toList().stream();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
