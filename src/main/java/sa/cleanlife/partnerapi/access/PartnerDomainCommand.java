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

/** {@code partner domain …}: where a partner's web pages are that call the API. */
@Command(
        name = "domain",
        description = {
            "Registers the domains of a partner's web pages that call the API.",
            "Once there is one, pages from elsewhere are refused. Calls that name no page are not concerned."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class PartnerDomainCommand {
    private static final String HOST = "A host, for example shop.example.com, or *.example.com for all below.";

    private final OperatorSession session;

    public PartnerDomainCommand(OperatorSession session) {
        this.session = session;
    }

    @Command(
            name = "add",
            description = "Lets pages of a domain call, within a second.",
            mixinStandardHelpOptions = true)
    void add(
            @Parameters(paramLabel = "NAME", description = "The partner's name.") String name,
            @Parameters(paramLabel = "HOST", converter = HostConverter.class, description = HOST) String host,
            @Option(
                            names = "--sandbox",
                            description =
                                    "It is for trying out: let in only while \"partner update NAME --sandbox-access on\" holds.")
                    boolean sandbox,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        output.print(new PartnerJson(session.change(
                as,
                (database, operator) -> new Partners(database, operator).addDomain(name, new Domain(host, sandbox)))));
    }

    @Command(
            name = "remove",
            description =
                    "Takes a domain off the list, within a second. When none is left, calls are no longer checked for the page they come from, but browsers let no page call.",
            mixinStandardHelpOptions = true)
    void remove(
            @Parameters(paramLabel = "NAME", description = "The partner's name.") String name,
            @Parameters(paramLabel = "HOST", converter = HostConverter.class, description = HOST) String host,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        output.print(new PartnerJson(
                session.change(as, (database, operator) -> new Partners(database, operator).removeDomain(name, host))));
    }

    static final class HostConverter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            try {
                return Domain.parse(text, false).host();
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
