package sa.cleanlife.partnerapi.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code help [COMMAND]}: the same as {@code COMMAND --help}, for commands of several words too. */
@Command(name = "help", description = "Shows what a command does, and its options.", mixinStandardHelpOptions = true)
final class HelpCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec command;

    @Parameters(
            paramLabel = "COMMAND",
            arity = "0..*",
            description = "The command, for example key issue; if not given, all commands are listed.")
    private List<String> words = List.of();

    @Override
    public void run() {
        if (command == null) {
            throw new IllegalStateException("run outside a program");
        }
        var wanted = command.root().commandLine();
        for (var word : words) {
            var next = wanted.getSubcommands().get(word);
            if (next == null) {
                throw new UnmatchedArgumentException(wanted, List.of(word));
            }
            wanted = next;
        }
        wanted.usage(wanted.getOut());
    }
}
