package sa.cleanlife.partnerapi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sa.cleanlife.partnerapi.testing.Shell;

/** What bash, zsh and fish offer after {@code source <(partner-api completion …)}, for each shell that is installed. */
@DisabledOnOs(OS.WINDOWS)
class CompletionTest {
    /** Scripts that print what the shell would offer for the line in $LINE, one word a line. */
    private static final Map<String, String> ASK = Map.of("bash", """
            COMP_LINE=$LINE COMP_POINT=${#LINE}
            read -ra COMP_WORDS <<<"$LINE"
            [[ $LINE != *' ' ]] || COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            definition=($(complete -p partner-api))
            for i in "${!definition[@]}"; do [ "${definition[i]}" != -F ] || "${definition[i+1]}" 2>/dev/null; done
            printf '%s\n' "${COMPREPLY[@]}"
            """, "fish", """
            complete -C "$LINE" | string split -f 1 (printf '\t')
            true
            """);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'partner-api '                 | audit completion help key partner serve",
                "partner-api k                  | key",
                "'partner-api key '             | issue list revoke rotate show update",
                "partner-api key r              | revoke rotate",
                "'partner-api partner domain '  | add remove",
                "partner-api key list --j       | --json",
                "'partner-api completion '      | bash fish zsh",
            })
    void offers_the_commands_and_options_there_are(String line, String offered) throws Exception {
        assertThat(offeredBy("bash", "--norc", line)).isEqualTo(offered);
        assumeTrue(isInstalled("fish"));
        assertThat(offeredBy("fish", "--no-config", line)).isEqualTo(offered);
    }

    @Test
    void is_loaded_by_zsh() throws Exception {
        assumeTrue(isInstalled("zsh"));

        assertThat(run(Map.of(), "zsh", "-f", "-c", "source " + script("zsh") + "; print $_comps[partner-api]"))
                .isNotBlank();
    }

    private String offeredBy(String name, String withoutConfiguration, String line) throws Exception {
        var asked = "source " + script(name) + "\n" + ASK.get(name);
        return run(Map.of("LINE", line), name, withoutConfiguration, "-c", asked)
                .lines()
                .filter(word -> !word.isEmpty())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private Path script(String name) throws IOException {
        return Files.writeString(
                directory.resolve(name),
                new Shell(directory).run("completion " + name).table());
    }

    private String run(Map<String, String> environment, String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", directory.toString());
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static boolean isInstalled(String program) {
        return List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }
}
