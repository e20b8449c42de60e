package sa.cleanlife.partnerapi.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Writes the completion script of the fish shell, which picocli does not, from the commands and their options. */
final class FishCompletion {
    /**
     * The functions of the script. They tell whether the words typed so far, without options, are those of a command,
     * or begin with them.
     */
    private static final String FUNCTIONS = """
            function __partner_api_words
                set -l words (commandline -opc | string match -v -- '-*')
                echo "$words[2..]"
            end

            function __partner_api_is
                set -l words (__partner_api_words)
                test "$words" = "$argv"
            end

            function __partner_api_begins
                set -l words (__partner_api_words)
                string match -q -- "$argv *" "$words "
            end

            complete -c partner-api -f
            """;

    private FishCompletion() {}

    static String of(CommandSpec program) {
        return FUNCTIONS + lines(program, "").collect(Collectors.joining("\n", "", "\n"));
    }

    /** @param words how the command is typed, after the program's name */
    private static Stream<String> lines(CommandSpec command, String words) {
        var subcommands = command.subcommands().values().stream().map(CommandLine::getCommandSpec);
        var options = command.options().stream().map(option -> line(condition(command, words), option));
        var parameters = command.positionalParameters().stream()
                .filter(parameter -> parameter.completionCandidates() != null)
                .map(parameter -> "complete -c partner-api -n '%s' -a '%s'"
                        .formatted(
                                condition(command, words),
                                StreamSupport.stream(
                                                parameter.completionCandidates().spliterator(), false)
                                        .collect(Collectors.joining(" "))));
        return Stream.of(
                        options,
                        parameters,
                        subcommands.flatMap(subcommand -> Stream.concat(
                                Stream.of("complete -c partner-api -n '__partner_api_is %s' -a %s -d '%s'"
                                        .formatted(
                                                words,
                                                subcommand.name(),
                                                description(subcommand
                                                        .usageMessage()
                                                        .description()))),
                                lines(subcommand, (words + " " + subcommand.name()).strip()))))
                .flatMap(lines -> lines);
    }

    private static String condition(CommandSpec command, String words) {
        return (command.subcommands().isEmpty() ? "__partner_api_begins " : "__partner_api_is ") + words;
    }

    private static String line(String condition, OptionSpec option) {
        var names = Stream.of(option.names())
                .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
                .collect(Collectors.joining(" "));
        return "complete -c partner-api -n '%s' %s%s -d '%s'"
                .formatted(condition, names, option.arity().max() > 0 ? " -r" : "", description(option.description()));
    }

    private static String description(String[] paragraphs) {
        return String.join(" ", paragraphs).formatted().replace("\\", "\\\\").replace("'", "\\'");
    }
}
