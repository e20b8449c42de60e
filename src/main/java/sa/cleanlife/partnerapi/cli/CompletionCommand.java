package sa.cleanlife.partnerapi.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion bash|zsh|fish}: prints a script that lets a shell complete commands and options. */
@Command(
        name = "completion",
        description = {
            "Prints a script that lets a shell complete commands and options.",
            "bash and zsh: source <(./partner-api completion bash)",
            "fish: ./partner-api completion fish | source"
        },
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Runnable {
    private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

    @Spec
    private @Nullable CommandSpec command;

    @Parameters(
            paramLabel = "SHELL",
            completionCandidates = Shells.class,
            description = "The shell: bash, zsh or fish.")
    private String shell = "";

    static final class Shells implements Iterable<String> {
        @Override
        public java.util.Iterator<String> iterator() {
            return SHELLS.iterator();
        }
    }

    @Override
    public void run() {
        if (command == null) {
            throw new IllegalStateException("run outside a program");
        }
        var program = command.root();
        var script = switch (shell) {
            // One script for both: in zsh it loads the completion of bash.
            case "bash", "zsh" -> AutoComplete.bash(program.name(), program.commandLine());
            case "fish" -> FishCompletion.of(program);
            default ->
                throw new ParameterException(
                        command.commandLine(),
                        "There is no completion for the shell %s; the shells are bash, zsh and fish".formatted(shell));
        };
        var out = command.commandLine().getOut();
        out.print(script);
        out.flush();
    }
}
