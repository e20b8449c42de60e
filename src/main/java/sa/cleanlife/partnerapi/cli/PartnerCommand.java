package sa.cleanlife.partnerapi.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import sa.cleanlife.partnerapi.access.Partner;

/** {@code partner …}: those who may call the API. */
@Command(
        name = "partner",
        description = "Adds, lists, suspends and activates the partners who may call the API.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class PartnerCommand {
    private final Administration administration;

    PartnerCommand(Administration administration) {
        this.administration = administration;
    }

    @Command(name = "add", description = "Adds a partner, who is active at once.", mixinStandardHelpOptions = true)
    void add(@Parameters(paramLabel = "NAME") String name, @Mixin Output output) {
        output.print(fields(administration.withPartners(partners -> partners.add(name))));
    }

    @Command(name = "list", description = "Lists the partners.", mixinStandardHelpOptions = true)
    void list(@Mixin Output output) {
        var partners = administration.withPartners(all -> all.list());
        output.print(
                partners.stream().map(PartnerCommand::fields).toList(),
                "There is no partner yet; \"partner add NAME\" adds one.");
    }

    @Command(
            name = "suspend",
            description = "Refuses all of a partner's keys, within a second, until it is activated again.",
            mixinStandardHelpOptions = true)
    void suspend(@Parameters(paramLabel = "NAME") String name, @Mixin Output output) {
        output.print(fields(administration.withPartners(partners -> partners.suspend(name))));
    }

    @Command(name = "activate", description = "Lets a suspended partner in again.", mixinStandardHelpOptions = true)
    void activate(@Parameters(paramLabel = "NAME") String name, @Mixin Output output) {
        output.print(fields(administration.withPartners(partners -> partners.activate(name))));
    }

    private static Map<String, Object> fields(Partner partner) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("id", partner.id());
        fields.put("name", partner.name());
        fields.put("status", partner.status());
        fields.put("createdAt", partner.createdAt());
        return fields;
    }
}
