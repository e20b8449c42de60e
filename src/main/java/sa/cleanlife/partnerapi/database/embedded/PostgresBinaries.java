package sa.cleanlife.partnerapi.database.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path into the data directory. They are kept there so that a rebuild of
 * the server does not remove them under a running PostgreSQL, and so that the path of a process shows which data
 * directory it belongs to.
 */
final class PostgresBinaries {
    /** The version in the pom; a test compares the two. */
    static final String VERSION = "18.6.0";

    private static final String DIRECTORY_PREFIX = "postgresql-";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);

    private final Path bin;
    private final PostgresLog output;
    private final List<String> launcher;

    private PostgresBinaries(Path bin, PostgresLog output, List<String> launcher) {
        this.bin = bin;
        this.output = output;
        this.launcher = launcher;
    }

    static PostgresBinaries unpackInto(Path dataDirectory, PostgresLog output) throws IOException {
        var platform = platform();
        var programs = dataDirectory.resolve(DIRECTORY_PREFIX + VERSION + "-" + platform);
        if (!Files.exists(programs)) {
            LOG.info("Unpacking PostgreSQL {} into {}", VERSION, programs);
            unpack("/postgres-" + platform + ".txz", programs);
        }
        return new PostgresBinaries(programs.resolve("bin"), output, launcher());
    }

    /** Starts a program whose output goes to the log. */
    Process start(String program, String... arguments) throws IOException {
        var command = new ArrayList<>(launcher);
        command.add(bin.resolve(program).toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(output.file().toFile()));
        // The environment of the server may hold secrets, or a PGDATA or PGPORT that PostgreSQL would use.
        builder.environment().clear();
        // Without a locale, macOS looks it up on a thread of its own, and then PostgreSQL refuses to start.
        builder.environment().put("LC_ALL", "C");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new EmbeddedPostgresException(
                    "PostgreSQL does not run on this machine (" + e.getMessage()
                            + "). Set PARTNER_API_DATABASE_URL to a PostgreSQL of your own.",
                    e);
        }
    }

    /** Runs a program with the given input; throws unless it succeeds within the timeout. */
    void run(Duration timeout, String input, String program, String... arguments) throws IOException {
        var process = start(program, arguments);
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(UTF_8));
        } catch (IOException e) {
            // The program ended before it read its input; its exit value and its output say why.
            LOG.debug("{} did not read its input", program, e);
        }
        if (!Deadline.in(timeout).await(() -> !process.isAlive())) {
            process.destroyForcibly();
            throw new EmbeddedPostgresException("PostgreSQL's " + program + " did not end within " + timeout.toSeconds()
                    + " seconds" + output.end());
        }
        if (process.exitValue() != 0) {
            throw new EmbeddedPostgresException("PostgreSQL's " + program + " failed" + output.end());
        }
    }

    /** Whether the process runs one of the programs of that data directory, in any version. */
    static boolean areRunBy(ProcessHandle process, Path dataDirectory) {
        return process.info().command().orElse("").startsWith(dataDirectory + "/" + DIRECTORY_PREFIX);
    }

    static boolean areRunByAnyone(Path dataDirectory) {
        return ProcessHandle.allProcesses().anyMatch(process -> areRunBy(process, dataDirectory));
    }

    /** The name of the platform in the file names of the archives. */
    private static String platform() {
        var name = System.getProperty("os.name");
        var system = name.startsWith("Mac")
                ? "darwin"
                : name.toLowerCase(Locale.ROOT).replace(' ', '_');
        var architecture = System.getProperty("os.arch");
        return system + "-"
                + switch (architecture) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64" -> "arm_64";
                    default -> architecture;
                };
    }

    private static void unpack(String archive, Path target) throws IOException {
        try (var packed = PostgresBinaries.class.getResourceAsStream(archive)) {
            if (packed == null) {
                throw new EmbeddedPostgresException("This build of the server contains no PostgreSQL for this machine ("
                        + archive.substring(1) + "). Set PARTNER_API_DATABASE_URL to a PostgreSQL of your own.");
            }
            var unfinished = AtomicDirectory.of(target);
            unpack(packed, unfinished.path());
            unfinished.finish();
        }
    }

    private static void unpack(InputStream packed, Path target) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(packed))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var file = target.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, file);
                    file.toFile().setExecutable((entry.getMode() & 0100) != 0);
                }
            }
        }
    }

    /**
     * The command that PostgreSQL's programs are started with as root, since they refuse to run as root. In a user
     * namespace of its own, a process of root is "nobody" to itself and still owns the files of root.
     */
    private static List<String> launcher() {
        if (new UnixSystem().getUid() != 0) {
            return List.of();
        }
        // The trial looks up the user's name, since initdb does so too.
        if (!succeeds("unshare", "-U", "id", "-un")) {
            throw new EmbeddedPostgresException(
                    "PostgreSQL refuses to run as root, and this machine does not let root create a user"
                            + " namespace for it. Run the server as another user, or set"
                            + " PARTNER_API_DATABASE_URL to a PostgreSQL of your own.");
        }
        return List.of("unshare", "-U");
    }

    private static boolean succeeds(String... command) {
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            return Deadline.in(Duration.ofSeconds(5)).await(() -> !process.isAlive()) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
