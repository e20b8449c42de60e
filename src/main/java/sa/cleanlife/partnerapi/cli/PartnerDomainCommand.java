package sa.cleanlife.partnerapi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import sa.cleanlife.partnerapi.access.Domain;

/** {@code partner domain …}: where a partner's web pages are that call the API. */
@Command(
        name = "domain",
        description = {
            "Registers the domains of a partner's web pages that call the API.",
            "Once there is one, pages from elsewhere are refused. Calls that name no page are not concerned."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class PartnerDomainCommand {
    private static final String HOST = "A host, for example shop.example.com, or *.example.com for all below.";

    private final Administration administration;

    PartnerDomainCommand(Administration administration) {
        this.administration = administration;
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
            @Mixin As as,
            @Mixin Output output) {
        output.print(administration
                .withPartners(as.name(), partners -> partners.addDomain(name, new Domain(host, sandbox)))
                .facts());
    }

    @Command(
            name = "remove",
            description =
                    "Takes a domain off the list, within a second. When none is left, calls are no longer checked for the page they come from, but browsers let no page call.",
            mixinStandardHelpOptions = true)
    void remove(
            @Parameters(paramLabel = "NAME", description = "The partner's name.") String name,
            @Parameters(paramLabel = "HOST", converter = HostConverter.class, description = HOST) String host,
            @Mixin As as,
            @Mixin Output output) {
        output.print(administration
                .withPartners(as.name(), partners -> partners.removeDomain(name, host))
                .facts());
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
