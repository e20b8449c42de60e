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

/** {@code partner domain …}: registers the domains of a partner's web pages. */
@Command(
        name = "domain",
        description = {
            "Registers the domains of a partner's web pages that call the API.",
            "Once a domain is registered, requests from other web pages are rejected. Requests without an Origin or Referer are not affected."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class PartnerDomainCommand {
    private static final String HOST = "A host, for example shop.example.com, or *.example.com for all hosts below it.";

    private final OperatorSession session;

    public PartnerDomainCommand(OperatorSession session) {
        this.session = session;
    }

    @Command(
            name = "add",
            description = "Registers a domain, so that its web pages may send requests, within a second.",
            mixinStandardHelpOptions = true)
    void add(
            @Parameters(paramLabel = "NAME", description = "The partner's name.") String name,
            @Parameters(paramLabel = "HOST", converter = HostConverter.class, description = HOST) String host,
            @Option(
                            names = "--sandbox",
                            description =
                                    "A sandbox domain: it is allowed only while \"partner update NAME --sandbox-access on\" holds.")
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
                    "Removes a domain, within a second. When none is left, requests are no longer checked for the web page that they come from, but browsers let no page send them.",
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
