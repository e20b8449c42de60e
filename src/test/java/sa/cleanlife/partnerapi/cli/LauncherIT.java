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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher in its own checkout, where the only java is a script that prints its arguments and performs rehearsals.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {
    private static final List<String> NEEDED_TOOLS = List.of(
            "awk",
            "cat",
            "cksum",
            "dirname",
            "env",
            "find",
            "grep",
            "ln",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sh",
            "sleep",
            "stat",
            "tail",
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
        for (var file : List.of("partner-api", "mvnw", "pom.xml", ".mvn/find-jdk.sh", ".mvn/build-program.sh")) {
            Files.createDirectories(checkout.resolve(file).getParent());
            Files.copy(Path.of(file), checkout.resolve(file));
        }
        Files.createDirectories(checkout.resolve("src/main"));
        Files.createDirectories(checkout.resolve("target/app/lib"));
        Files.createFile(jar());
        Files.createFile(checkout.resolve("target/app/lib/library.jar"));

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
        writeMaven("echo Built $*; : >target/app/partner-api.jar");

        var first = launch("serve");
        var second = launch("key", "list");

        assertThat(first.err()).isEqualTo("partner-api: building the program\n");
        assertThat(first.out()).endsWith("\nserve\n").doesNotContain("Built");
        assertThat(log()).content().startsWith("Built -B -Dlauncher ").endsWith(" package\n");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).endsWith("\nkey\nlist\n");
    }

    @Test
    void reports_the_progress_of_a_build_every_ten_seconds() throws Exception {
        install("jvm/jdk 25", "25.0.1");
        // Every three seconds here: the test need not last longer.
        var builder = checkout.resolve(".mvn/build-program.sh");
        Files.writeString(builder, Files.readString(builder).replace("seconds % 10", "seconds % 3"));
        Files.delete(jar());
        Files.delete(checkout.resolve("target/app/lib/library.jar"));
        Files.delete(checkout.resolve("target/app/lib"));
        writeMaven("""
                echo '[INFO] Downloading from central: https://repo.example/a/b.pom'
                for i in 1 2 3 4; do
                  echo '[INFO] Downloaded from central: https://repo.example/a/b.pom (900 kB at 1.1 MB/s)'
                done
                sleep 4
                : >target/app/partner-api.jar
                """);

        var run = launch("serve");

        assertThat(run.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("the first build fetches about"),
                        line -> assertThat(line).matches("partner-api: fetching: 4 of about \\d+ files, 3 of \\d+ MB"));
    }

    /** The totals are fixed here, so that the sentences stay the same when the libraries change. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                " 0 |    0 |  0 | preparing Maven",
                " 5 |    0 | 30 | fetching: 5 of about 100 files, 0 of 50 MB",
                "10 |  500 | 30 | fetching: 10 of about 100 files, 5 of 50 MB",
                "20 |  500 | 30 | fetching, about 121 s left: 20 of about 100 files, 10 of 50 MB",
                "50 |  500 | 30 | fetching, about 31 s left: 50 of about 100 files, 25 of 50 MB",
                "99 | 1000 | 30 | fetching: 99 of about 100 files, 99 of 50 MB",
            })
    void estimates_the_time_that_is_left_once_a_tenth_is_fetched(
            int files, int kilobytes, int secondsSinceTheFirst, String progress) throws Exception {
        var fetched = "[INFO] Downloaded from central: https://repo.example/a/b.jar (%d kB at 1.1 MB/s)\n"
                .formatted(kilobytes);
        Files.writeString(checkout.resolve("target/launcher.log"), fetched.repeat(files));

        change("""
                root='check out'
                . '%s/.mvn/build-program.sh'
                all_files=100 all_megabytes=50
                describe_progress %d >out
                """.formatted(checkout, secondsSinceTheFirst));

        assertThat(machine.resolve("out")).content().isEqualTo(progress);
    }

    @ParameterizedTest
    @CsvSource({"echo 24 50, 49", "echo 0 0, 79", "false, 79"})
    void cuts_the_progress_to_the_width_of_the_terminal_if_that_is_known(String stty, String width) throws Exception {
        change("""
                root='check out'
                . '%s/.mvn/build-program.sh'
                stty() { %s; }
                terminal_width >out
                """.formatted(checkout, stty));

        assertThat(machine.resolve("out")).content().isEqualTo(width + "\n");
    }

    @Test
    void serves_at_once_after_a_build_and_rehearses_at_the_next_start() throws Exception {
        install("jvm/jdk 25", "25.0.1");
        Files.delete(jar());
        writeMaven(": >target/app/partner-api.jar");

        var first = launch("serve");
        var second = launch("serve");
        var third = launch("serve");

        assertThat(first.err()).doesNotContain("training run");
        assertThat(first.out()).doesNotContain("AOT");
        assertThat(second.err()).startsWith("partner-api: creating the AOT cache");
        assertThat(second.out()).contains("-XX:AOTCache=" + checkout.toRealPath() + "/target/app/rehearsed-");
        assertThat(third.err()).isEmpty();
        assertThat(third.out()).isEqualTo(second.out());
    }

    @Test
    void rehearses_after_a_build_that_was_not_for_serve() throws Exception {
        install("jvm/jdk 25", "25.0.1");
        Files.delete(jar());
        writeMaven(": >target/app/partner-api.jar");

        assertThat(launch("--version").err()).contains("building the program", "creating the AOT cache");
        assertThat(launch("serve").err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // The effect of a copy.
                "touch -d 2001-01-01 'check out/target/app/lib/library.jar'",
                // The effects of a library update, a build by Maven and a Java update.
                "echo more >>'check out/target/app/lib/library.jar'",
                "echo more >>'check out/target/app/partner-api.jar'",
                "echo more >>'jvm/jdk 25/lib/modules'",
                "mv 'check out' 'moved away' && ln -s 'moved away' 'check out'",
            })
    void rehearses_again_when_what_the_rehearsal_was_made_with_has_changed(String change) throws Exception {
        install("jvm/jdk 25", "25.0.1");
        launch("serve");

        change(change);
        var command = launch("key", "list");
        var start = launch("serve");

        assertThat(command.err()).isEmpty();
        assertThat(command.out()).doesNotContain("AOT");
        assertThat(start.err()).startsWith("partner-api: creating the AOT cache");
        assertThat(start.out()).contains("-XX:AOTCache=");
        try (var files = Files.list(jar().getParent())) {
            assertThat(files.filter(file -> file.toString().endsWith(".aot"))).hasSize(1);
        }
    }

    @Test
    void rehearses_once_only_when_that_makes_no_cache() throws Exception {
        var java = install("jvm/jdk 25", "25.0.1").resolve("bin/java");
        writeScript(java, "printf '%s\\n' \"$0\" \"$@\"; exit 42");

        var first = launch("serve");
        var second = launch("serve");

        assertThat(first.err())
                .startsWith("partner-api: creating the AOT cache")
                .contains("partner-api: the training run failed, so starts will be slower");
        assertThat(first.out()).endsWith("\nserve\n");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out());
    }

    @Test
    void rehearses_again_when_a_rehearsal_was_killed_while_it_wrote_the_cache() throws Exception {
        var java = install("jvm/jdk 25", "25.0.1").resolve("bin/java");
        var whole = Files.readString(java);
        writeScript(java, "echo half >\"${1#*=}\"; kill -KILL $PPID");
        launch("serve");
        Files.writeString(java, whole);

        var command = launch("key", "list");
        var start = launch("serve");

        assertThat(command.out()).endsWith("\nlist\n").doesNotContain("AOT");
        assertThat(start.err()).startsWith("partner-api: creating the AOT cache");
        assertThat(start.out()).contains("-XX:AOTCache=");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Broken                                                         | the build failed.",
                "[ERROR] COMPILATION ERROR :                                    | the build failed: the sources cannot be compiled.",
                "[ERROR] a.jar: No space left on device                         | the build failed: a disk is full.",
                "[ERROR] Could not transfer artifact a:b:1: Unknown host x.org  | the build failed: a file could not be fetched.",
                "wget: Failed to fetch https://repo.example/maven.zip           | the build failed: a file could not be fetched.",
            })
    void says_why_the_build_failed_and_how_its_log_ends(String last, String reason) throws Exception {
        install("jvm/jdk 25", "25.0.1");
        Files.delete(jar());
        writeMaven("echo '[INFO] Downloading from central: x'; echo '%s'; exit 3".formatted(last));

        var run = launch("key", "list");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("partner-api: building the program"),
                        line -> assertThat(line).startsWith("partner-api: " + reason),
                        line -> assertThat(line).isEqualTo("partner-api: the end of " + log() + ":"),
                        line -> assertThat(line).isEqualTo(last));
    }

    private void change(String command) throws Exception {
        var process = new ProcessBuilder("sh", "-c", command)
                .directory(machine.toFile())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private void writeMaven(String commands) throws IOException {
        Files.writeString(checkout.resolve("mvnw"), commands);
    }

    private Path log() throws IOException {
        return checkout.toRealPath().resolve("target/launcher.log");
    }

    private Path jar() {
        return checkout.resolve("target/app/partner-api.jar");
    }

    private Path install(String directory, String version) throws IOException {
        var home = machine.resolve(directory);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"A Vendor\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.createDirectories(home.resolve("lib"));
        Files.createFile(home.resolve("lib/modules"));
        for (var program : List.of("java", "javac")) {
            writeScript(home.resolve("bin").resolve(program), """
                    printf '%s\\n' "$0" "working directory: $(pwd -P)" "$@"
                    case $1 in
                      (-XX:AOTCacheOutput=*) : >"${1#*=}" && exit ;;
                    esac
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
