package sa.cleanlife.partnerapi.access;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import sa.cleanlife.partnerapi.operator.OperatorOption;
import sa.cleanlife.partnerapi.operator.OperatorSession;
import sa.cleanlife.partnerapi.operator.Output;

/** {@code partner …}: adds, shows and changes partners. */
@Command(
        name = "partner",
        description = "Adds, shows and changes the partners who may call the API.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class PartnerCommand {
    private static final String NAME = "The partner's name.";

    private final OperatorSession session;

    public PartnerCommand(OperatorSession session) {
        this.session = session;
    }

    @Command(name = "add", description = "Adds a partner, who is active at once.", mixinStandardHelpOptions = true)
    void add(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        output.print(new PartnerJson(
                session.change(as, (database, operator) -> new Partners(database, operator).add(name))));
    }

    @Command(name = "list", description = "Lists the partners.", mixinStandardHelpOptions = true)
    void list(@Mixin Output output) {
        var partners = session.read((database, reader) -> new Partners(database, reader).list());
        output.print(
                partners.stream().map(PartnerJson::new).toList(),
                "There is no partner yet; \"partner add NAME\" adds one.");
    }

    @Command(name = "show", description = "Shows one partner.", mixinStandardHelpOptions = true)
    void show(@Parameters(paramLabel = "NAME", description = NAME) String name, @Mixin Output output) {
        output.print(new PartnerJson(session.read((database, reader) -> new Partners(database, reader).find(name))));
    }

    @Command(
            name = "suspend",
            description =
                    "Suspends a partner: its keys are rejected, on all nodes within a second, until it is activated again.",
            mixinStandardHelpOptions = true)
    void suspend(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        output.print(new PartnerJson(
                session.change(as, (database, operator) -> new Partners(database, operator).suspend(name))));
    }

    @Command(
            name = "deactivate",
            description =
                    "Deactivates a partner that has left: its keys are rejected, on all nodes within a second, until it is activated again. Its keys and its entries in the audit are kept.",
            mixinStandardHelpOptions = true)
    void deactivate(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        output.print(new PartnerJson(
                session.change(as, (database, operator) -> new Partners(database, operator).deactivate(name))));
    }

    @Command(
            name = "activate",
            description = "Activates a suspended or deactivated partner, so that its keys work again.",
            mixinStandardHelpOptions = true)
    void activate(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        output.print(new PartnerJson(
                session.change(as, (database, operator) -> new Partners(database, operator).activate(name))));
    }

    @Command(
            name = "update",
            description = "Changes what a partner may do, on all nodes within a second.",
            mixinStandardHelpOptions = true)
    void update(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(
                            names = "--sandbox-access",
                            paramLabel = "on|off",
                            required = true,
                            converter = OnOffConverter.class,
                            description =
                                    "on: web pages of its sandbox domains may send requests; off (the default): they may not.")
                    OnOff sandboxAccess,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        output.print(new PartnerJson(session.change(
                as,
                (database, operator) ->
                        new Partners(database, operator).setSandboxAccess(name, sandboxAccess == OnOff.ON))));
    }

    /** An enum, since picocli takes a boolean for an option without a parameter. */
    enum OnOff {
        ON,
        OFF
    }

    static final class OnOffConverter implements ITypeConverter<OnOff> {
        @Override
        public OnOff convert(String text) {
            return switch (text) {
                case "on" -> OnOff.ON;
                case "off" -> OnOff.OFF;
                default -> throw new TypeConversionException("on or off is expected, for example on");
            };
        }
    }
}
