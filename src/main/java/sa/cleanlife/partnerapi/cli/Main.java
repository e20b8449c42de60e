package sa.cleanlife.partnerapi.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import sa.cleanlife.partnerapi.CommandDatabase;
import sa.cleanlife.partnerapi.Setting;
import sa.cleanlife.partnerapi.Settings;
import sa.cleanlife.partnerapi.Settings.InvalidSettingsException;
import sa.cleanlife.partnerapi.StartupException;
import sa.cleanlife.partnerapi.access.AuditCommand;
import sa.cleanlife.partnerapi.access.KeyCommand;
import sa.cleanlife.partnerapi.access.PartnerCommand;
import sa.cleanlife.partnerapi.access.PartnerDomainCommand;
import sa.cleanlife.partnerapi.contacts.NewContacts;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.database.embedded.EmbeddedPostgresException;
import sa.cleanlife.partnerapi.logging.LogFormat;
import sa.cleanlife.partnerapi.logging.Logging;
import sa.cleanlife.partnerapi.operator.CommandRefusedException;
import sa.cleanlife.partnerapi.operator.OperatorSession;
import sa.cleanlife.partnerapi.operator.Spelling;

/**
 * The entry point of the program. A command that is mistyped or asks for something that cannot be done prints one
 * sentence and ends with exit code 2. A command that fails otherwise prints one sentence and ends with exit code 1.
 */
@Command(
        name = "partner-api",
        description =
                "Serves the Partner API, which finds or creates a customer by Saudi phone number, and manages its partners and keys.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    /** Ticks in microseconds, as PostgreSQL stores times, so that a command prints the same time as a later list. */
    private static final Clock CLOCK = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));

    private static final String SERVE = "serve";

    private Main() {}

    public static void main(String[] args) {
        int exitCode = run(
                System.getenv(),
                onTerminal(),
                Logging::use,
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()),
                args);
        Logging.stop();
        System.exit(exitCode);
    }

    /**
     * Runs one command as {@link #main} does, in a process that goes on and keeps its own logging. Returns the exit
     * code.
     */
    public static int run(Map<String, String> environment, PrintWriter out, PrintWriter err, String... args) {
        return run(environment, false, format -> {}, out, err, args);
    }

    private static int run(
            Map<String, String> environment,
            boolean onTerminal,
            Consumer<LogFormat> logging,
            PrintWriter out,
            PrintWriter err,
            String... args) {
        // The settings are read only when a command needs them: help must work with invalid settings, too.
        Supplier<Settings> settings = () -> {
            var read = Settings.read(environment, onTerminal);
            logging.accept(read.logFormat());
            tellOfNoSettings(environment);
            return read;
        };
        var serve = new CommandLine(new ServeCommand(settings, CLOCK));
        SettingsHelp.addTo(serve);
        var program = new CommandLine(new Main()).addSubcommand(serve);
        // Reading the annotations of all commands takes as long as half of a server's start, so serve does without
        // them.
        if (args.length == 0 || !args[0].equals(SERVE)) {
            addCommands(program, new OperatorSession(new CommandDatabase(settings), CLOCK));
        }
        return program.setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(Main::refuse)
                .setExecutionExceptionHandler(Main::fail)
                .execute(args);
    }

    private static void addCommands(CommandLine program, OperatorSession session) {
        program.addSubcommand(
                        new CommandLine(new PartnerCommand(session)).addSubcommand(new PartnerDomainCommand(session)))
                .addSubcommand(new KeyCommand(session, NewContacts::createdBy))
                .addSubcommand(new AuditCommand(session))
                .addSubcommand(new HelpCommand())
                .addSubcommand(new CompletionCommand());
    }

    /** Logs the variables whose names begin like a setting's. Their values may be secrets, so they are not logged. */
    private static void tellOfNoSettings(Map<String, String> environment) {
        var injected = Setting.injected(environment);
        if (!injected.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("variables", String.join(" ", injected))
                    .log("environment variables of a Kubernetes service named partner-api are ignored");
        }
        for (var variable : Setting.unknown(environment)) {
            LOG.atWarn()
                    .addKeyValue("variable", variable)
                    .log(
                            "environment variable is not a setting and is ignored; {}",
                            Setting.nearest(variable)
                                    .map(setting -> "did you mean " + setting.variable() + "?")
                                    .orElse("partner-api serve --help lists the settings"));
        }
    }

    private static boolean onTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    private static int refuse(ParameterException fault, String[] args) {
        var command = fault.getCommandLine();
        var more = " (%s --help tells more).".formatted(command.getCommandSpec().qualifiedName());
        say(
                command,
                fault instanceof UnmatchedArgumentException unmatched
                        ? refusal(unmatched, more)
                        : fault.getMessage() + more);
        return CommandLine.ExitCode.USAGE;
    }

    private static String refusal(UnmatchedArgumentException fault, String more) {
        var command = fault.getCommandLine();
        var typed = fault.getUnmatched().getFirst().split("=", 2)[0];
        var commands = command.getSubcommands().keySet();
        if (typed.startsWith("-")) {
            var options = command.getCommandSpec().optionsMap().keySet();
            return "There is no option " + typed + more + didYouMean(Spelling.nearest(typed, options));
        }
        if (commands.isEmpty()) {
            return fault.getMessage() + more;
        }
        return Spelling.nearest(typed, commands)
                .map(nearest -> "There is no command " + typed + more + didYouMean(Optional.of(nearest)))
                .orElseGet(() -> "There is no such command; there are: " + String.join(", ", commands) + more);
    }

    private static String didYouMean(Optional<String> nearest) {
        return nearest.map(" Did you mean %s?"::formatted).orElse("");
    }

    /** Prints a sentence in one line, even if it repeats control characters that were typed. */
    private static void say(CommandLine command, String sentence) {
        command.getErr().println(sentence.replaceAll("\\p{Cntrl}+", " "));
    }

    private static int fail(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        switch (failure) {
            case CommandRefusedException e -> {
                say(command, String.valueOf(e.getMessage()));
                return CommandLine.ExitCode.USAGE;
            }
            case InvalidSettingsException e -> command.getErr().println(e.getMessage());
            case StartupException e -> say(command, String.valueOf(e.getMessage()));
            case EmbeddedPostgresException e -> command.getErr().println(e.getMessage());
            case DatabaseUnavailableException e ->
                say(command, "The database does not answer (" + e.getMessage() + ").");
            default -> {
                LOG.error("command failed", failure);
                say(command, "An unexpected error occurred; the log line above has the details.");
            }
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Optional.ofNullable(Main.class.getPackage().getImplementationVersion());
            return new String[] {"partner-api " + version.orElse("(not packaged)")};
        }
    }
}
