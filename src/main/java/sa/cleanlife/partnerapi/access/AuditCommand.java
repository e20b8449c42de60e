package sa.cleanlife.partnerapi.access;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import sa.cleanlife.partnerapi.operator.OperatorSession;
import sa.cleanlife.partnerapi.operator.Output;

/** {@code audit …}: lists the changes of partners and keys. */
@Command(
        name = "audit",
        description = "Shows who changed partners and keys. Entries are never changed or removed.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class AuditCommand {
    private final OperatorSession session;

    public AuditCommand(OperatorSession session) {
        this.session = session;
    }

    @Command(
            name = "list",
            description = "Lists the changes, newest first: who made each one, when, and the values before and after.",
            mixinStandardHelpOptions = true)
    void list(
            @Option(names = "--partner", paramLabel = "NAME", description = "Only entries about this partner.")
                    @Nullable
                    String partner,
            @Option(
                            names = "--most",
                            paramLabel = "N",
                            converter = MostConverter.class,
                            defaultValue = "100",
                            description = "The maximum number of entries; 100 if not given.")
                    int most,
            @Mixin Output output) {
        var entries = session.read((database, reader) -> {
            var audit = new Audit(database);
            return partner == null ? audit.list(most) : audit.listOf(partner, most);
        });
        output.print(
                entries.stream()
                        .map(output.isJson() ? AuditJson::whole : AuditJson::inShort)
                        .toList(),
                "Nothing has been changed yet.");
    }

    static final class MostConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (!text.matches("[1-9][0-9]{0,5}")) {
                throw new TypeConversionException("a whole number from 1 to 999999 is expected, for example 100");
            }
            return Integer.valueOf(text);
        }
    }
}
