package sa.cleanlife.partnerapi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How {@code ./mvnw} rejects arguments that Maven would silently accept. */
@DisabledOnOs(OS.WINDOWS)
class MavenWrapperTest {
    private record Run(int exitCode, String said) {}

    private static Run run(String arguments) throws IOException, InterruptedException {
        var command = Stream.concat(
                        Stream.of(Path.of("mvnw").toAbsolutePath().toString()), Stream.of(arguments.split(" ", -1)))
                .toList();
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Run(process.waitFor(), said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "verify -Pfautls | There is no profile fautls; there are ",
                "-P fautls verify | There is no profile fautls; there are ",
                "--activate-profiles faults,fautls verify | There is no profile fautls; there are ",
                "--activate-profiles=!fautls verify | There is no profile fautls; there are ",
                "verify -Pfaults -Dfaults.schedule=middle | There is no schedule middle; there are long, short.",
                "verify -Pfaults -D faults.schedule= | There is no schedule ; there are long, short.",
                "verify -Pfaults -Dfaults.seed=x | faults.seed must be a whole number, for example faults.seed=42.",
                "verify -Dfaults.seed=12345678901234567890 | faults.seed must be a whole number",
                "test -Dsimulation.seed=1.5 | simulation.seed must be a whole number",
                "test -Dopenapi.fuzz.seed= | openapi.fuzz.seed must be a whole number",
                "verify -Dfaults.seed=9223372036854775808 | faults.seed must be between -9223372036854775808 and ",
                "test -Dsimulation.seed=-9223372036854775809 | simulation.seed must be between -9223372036854775808 and ",
                "test -Dopenapi.fuzz.requests=many | openapi.fuzz.requests must be a whole number from 1 to 999999999",
                "test -Dopenapi.fuzz.requests=0 | openapi.fuzz.requests must be a whole number from 1 to 999999999",
                "test -Dsimulation.runs=0 | simulation.runs must be a whole number from 1 to 999999999",
                "test -Dopenapi.fuzz.only=-5 | openapi.fuzz.only must be a whole number from 0 to 999999999",
                "verify -Psoak -Dsoak.minutes=0 | soak.minutes must be a whole number from 1 to 9999",
            })
    void names_the_valid_ones_and_exits_with_2(String arguments, String sentence) throws Exception {
        var run = run(arguments);

        assertThat(run.said()).startsWith(sentence).hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void names_all_profiles() throws Exception {
        assertThat(run("verify -Pfautls").said()).contains("faults", "bench", "postgres-linux-amd64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version -Pfaults,-bench",
                "--version -P?of-somebody-else",
                "--version -Dfaults.schedule=long -Dfaults.seed=42 -Dsimulation.seed=-7 -Dany.other=x",
                "--version -Dfaults.seed=-9223372036854775808 -Dsimulation.seed=9223372036854775807",
                "--version -Dopenapi.fuzz.requests=1000000 -Dopenapi.fuzz.only=0"
            })
    void passes_valid_arguments_to_maven(String arguments) throws Exception {
        var run = run(arguments);

        assertThat(run.said()).contains("Apache Maven");
        assertThat(run.exitCode()).isZero();
    }
}
