package sa.cleanlife.partnerapi.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import sa.cleanlife.partnerapi.access.AuditEntry;

/** {@code audit …}: who changed partners and keys. */
@Command(
        name = "audit",
        description = "Tells who changed partners and keys. Entries are never changed or removed.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class AuditCommand {
    private final Administration administration;

    AuditCommand(Administration administration) {
        this.administration = administration;
    }

    @Command(
            name = "list",
            description = "Lists the changes, the newest first: who, when, what, and what was before and after.",
            mixinStandardHelpOptions = true)
    void list(
            @Option(names = "--partner", paramLabel = "NAME", description = "Only this partner's.") @Nullable
                    String partner,
            @Option(
                            names = "--most",
                            paramLabel = "N",
                            converter = MostConverter.class,
                            defaultValue = "100",
                            description = "How many at most, 100 if not given.")
                    int most,
            @Mixin Output output) {
        var entries = administration.withAudit(audit -> audit.list(Optional.ofNullable(partner), most));
        output.print(
                entries.stream()
                        .map(entry -> fields(output.isJson() ? entry : inShort(entry)))
                        .toList(),
                "Nothing has been changed yet.");
    }

    /** Without what a new thing does not have, and what the other columns say of it. */
    private static AuditEntry inShort(AuditEntry entry) {
        if (!entry.before().isEmpty()) {
            return entry;
        }
        var said = Stream.concat(Stream.of(entry.partner()), entry.key().map(UUID::toString).stream())
                .collect(Collectors.toSet());
        var after = new LinkedHashMap<String, @Nullable Object>();
        entry.after().forEach((name, value) -> {
            if (value != null && !value.equals(List.of()) && !said.contains(value)) {
                after.put(name, value);
            }
        });
        return entry.withAfter(after);
    }

    private static Map<String, @Nullable Object> fields(AuditEntry entry) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("at", entry.at().toString());
        fields.put("who", entry.who());
        fields.put("what", entry.what());
        fields.put("partner", entry.partner());
        fields.put("key", entry.key().map(UUID::toString).orElse(null));
        fields.put("before", entry.before());
        fields.put("after", entry.after());
        return fields;
    }

    static final class MostConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (!text.matches("[1-9][0-9]{0,5}")) {
                throw new TypeConversionException("a whole number from 1 to 999999 is wanted, for example 100");
            }
            return Integer.valueOf(text);
        }
    }
}
