package sa.cleanlife.partnerapi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout of its own, where the only java is what a test installs: it prints its arguments. */
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {
    private static final List<String> NEEDED_TOOLS = List.of(
            "cksum",
            "dirname",
            "env",
            "find",
            "grep",
            "ln",
            "mkdir",
            "readlink",
            "rm",
            "sh",
            "sleep",
            "touch",
            "tr",
            "uname");

    @TempDir
    private Path machine;

    private Path checkout;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void check_out_and_build() throws IOException {
        checkout = machine.resolve("check out");
        for (var file : List.of("partner-api", "mvnw", "pom.xml", ".mvn/find-jdk.sh")) {
            Files.createDirectories(checkout.resolve(file).getParent());
            Files.copy(Path.of(file), checkout.resolve(file));
        }
        Files.createDirectories(checkout.resolve("src/main"));
        Files.createDirectories(checkout.resolve("target/app"));
        Files.createFile(jar());
        // Named after the checksum of that empty jar: a start needs no rehearsal.
        Files.createFile(jar().resolveSibling("rehearsed-42949672950.aot"));

        var tools = Files.createDirectory(machine.resolve("bin"));
        for (var tool : NEEDED_TOOLS) {
            writeScript(tools.resolve(tool), "exec " + onThePath(tool) + " \"$@\"\n");
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", machine.toString());
        environment.put("JDK_PLACES", machine.resolve("jvm") + "/*");
    }

    @Test
    void says_in_one_sentence_what_to_install_when_there_is_no_jdk_25() throws Exception {
        install("jvm/jdk 17", "17.0.15");
        environment.put("JAVA_HOME", install("elsewhere", "24.0.2").toString());

        var run = launch("serve");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).contains("No JDK 25", machine + "/jvm/*", "openjdk-25-jdk", "JAVA_HOME");
    }

    @Test
    void finds_a_jdk_in_a_directory_with_a_space() throws Exception {
        install("jvm/jdk 17", "17.0.15");
        install("jvm/jdk 25", "25.0.1");
        install("jvm/jdk 26", "26");

        assertThat(launch("serve").out()).startsWith(machine.resolve("jvm/jdk 25/bin/java") + "\n");
    }

    @Test
    void prefers_the_jdk_of_java_home() throws Exception {
        install("jvm/jdk 25", "25.0.1");
        var chosen = install("chosen", "26.0.1");
        environment.put("JAVA_HOME", chosen.toString());

        assertThat(launch("serve").out()).startsWith(chosen.resolve("bin/java") + "\n");
    }

    @Test
    void prefers_the_jdk_that_java_on_the_path_is_a_link_to() throws Exception {
        install("jvm/jdk 25", "25.0.1");
        var linked = install("linked", "26.0.1");
        Files.createSymbolicLink(machine.resolve("alternative"), Path.of("linked/bin/java"));
        Files.createSymbolicLink(machine.resolve("bin/java"), Path.of("../alternative"));

        assertThat(launch("serve").out()).startsWith(linked.toRealPath().resolve("bin/java") + "\n");
    }

    @Test
    void runs_through_a_symlink_from_another_directory() throws Exception {
        install("jvm/jdk 25", "25.0.1");
        var link = Files.createSymbolicLink(machine.resolve("link"), Path.of("check out/partner-api"));

        var run = launch(link, "partner", "add", "--name", "Grand  Hotel");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(42);
        assertThat(run.out())
                .contains("\nworking directory: " + machine.toRealPath() + "\n")
                .endsWith("-jar\n" + jar().toRealPath() + "\npartner\nadd\n--name\nGrand  Hotel\n");
    }

    @Test
    void builds_first_when_the_jar_is_older_than_its_sources() throws Exception {
        install("jvm/jdk 25", "25.0.1");
        Files.setLastModifiedTime(jar(), FileTime.from(Instant.EPOCH));
        Files.writeString(checkout.resolve("mvnw"), "echo Built $*; : >target/app/partner-api.jar");

        var first = launch("key", "list");
        var second = launch("key", "list");

        assertThat(first.err())
                .contains("building the program", "Built -B -ntp -q -DskipTests -Dspotless.check.skip package");
        assertThat(first.out()).endsWith("\nkey\nlist\n").doesNotContain("Built");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out());
    }

    @Test
    void rehearses_once_what_maven_has_built() throws Exception {
        install("jvm/jdk 25", "25.0.1");
        Files.delete(jar().resolveSibling("rehearsed-42949672950.aot"));

        var first = launch("serve");
        var second = launch("serve");

        assertThat(first.err())
                .startsWith("partner-api: rehearsing a start")
                .contains("partner-api: the rehearsal failed, so starts will be slower");
        assertThat(first.out()).endsWith("\nserve\n");
        // This java makes no cache, and that it does not is not tried at every start.
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out());
    }

    @Test
    void says_on_standard_error_that_the_build_failed() throws Exception {
        install("jvm/jdk 25", "25.0.1");
        Files.delete(jar());
        Files.writeString(checkout.resolve("mvnw"), "echo Broken; exit 3");

        var run = launch("key", "list");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("""
                        partner-api: building the program; a first build fetches its libraries and takes some minutes
                        Broken
                        partner-api: the build failed, for the reason above
                        """);
    }

    private Path jar() {
        return checkout.resolve("target/app/partner-api.jar");
    }

    private Path install(String directory, String version) throws IOException {
        var home = machine.resolve(directory);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"A Vendor\"\nJAVA_VERSION=\"" + version + "\"\n");
        for (var program : List.of("java", "javac")) {
            writeScript(home.resolve("bin").resolve(program), """
                    printf '%s\\n' "$0" "working directory: $(pwd -P)" "$@"
                    exit 42
                    """);
        }
        return home;
    }

    private static void writeScript(Path file, String commands) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + commands);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Run launch(String... arguments) throws IOException, InterruptedException {
        return launch(checkout.resolve("partner-api"), arguments);
    }

    private Run launch(Path launcher, String... arguments) throws IOException, InterruptedException {
        var out = machine.resolve("out");
        var err = machine.resolve("err");
        var builder = new ProcessBuilder(launcher.toString());
        builder.command().addAll(List.of(arguments));
        builder.directory(machine.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        var exitCode = builder.start().waitFor();
        return new Run(exitCode, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    private static Path onThePath(String tool) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private record Run(int exitCode, String out, String err) {}
}
