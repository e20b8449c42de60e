package sa.cleanlife.partnerapi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The error messages of {@code bench/run} on a machine where something is missing, before it builds anything. */
@EnabledOnOs(OS.LINUX)
class BenchIT {
    @TempDir
    private Path machine;

    private Path tools;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void install_all_but_a_jdk_wrk_and_pgbench() throws IOException {
        tools = Files.createDirectory(machine.resolve("bin"));
        for (var tool : List.of("cat", "dirname", "readlink", "sh")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/bin", tool).toRealPath());
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", machine.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("JDK_PLACES", machine.resolve("jvm") + "/*");
        environment.put("PGBENCH_PLACES", Files.createDirectory(machine.resolve("postgresql")) + "/*/bin/pgbench");
    }

    private void install(String program) throws IOException {
        assertThat(Files.createFile(tools.resolve(program)).toFile().setExecutable(true))
                .isTrue();
    }

    private String refusal(String... arguments) throws IOException, InterruptedException {
        var said = machine.resolve("said");
        var builder = new ProcessBuilder(Path.of("bench/run").toAbsolutePath().toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().putAll(environment);
        int exitCode = builder.start().waitFor();
        assertThat(Files.readString(said, UTF_8)).hasLineCount(1);
        assertThat(exitCode).isEqualTo(2);
        return Files.readString(said, UTF_8);
    }

    @Test
    void names_the_package_of_a_jdk_when_there_is_none() throws Exception {
        environment.remove("JAVA_HOME");

        assertThat(refusal()).contains("No JDK 25", "openjdk-25-jdk");
    }

    @Test
    void names_the_package_of_wrk_when_it_is_missing() throws Exception {
        assertThat(refusal()).contains("wrk").contains("install the package wrk");
    }

    @Test
    void names_the_package_of_pgbench_when_it_is_missing() throws Exception {
        install("wrk");

        assertThat(refusal()).contains("pgbench").contains("install the package postgresql");
    }

    @Test
    void names_the_package_of_pgbench_when_there_is_only_its_wrapper() throws Exception {
        install("wrk");
        install("pgbench");
        Files.writeString(tools.resolve("pgbench"), "#!/bin/sh\nexit 1\n", UTF_8);

        assertThat(refusal()).contains("pgbench").contains("install the package postgresql");
    }

    @ParameterizedTest
    @CsvSource({"--fast, --help", "--rounds, needs a value", "--rounds 0, from 1 to 999", "--seconds x, from 1 to 999"})
    void says_what_is_wrong_with_an_option(String options, String sentence) throws Exception {
        assertThat(refusal(options.split(" "))).contains(sentence);
    }
}
