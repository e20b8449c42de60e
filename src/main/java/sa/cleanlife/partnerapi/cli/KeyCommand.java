package sa.cleanlife.partnerapi.cli;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.KeyRecord;
import sa.cleanlife.partnerapi.access.Permission;

/** {@code key …}: what partners call the API with. */
@Command(
        name = "key",
        description = "Issues, lists and revokes the keys that partners call the API with.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class KeyCommand {
    private final Administration administration;

    KeyCommand(Administration administration) {
        this.administration = administration;
    }

    /** For which bookings a key is. */
    static final class KindOption {
        @Option(names = "--live", description = "For real bookings.")
        private boolean live;

        @Option(names = "--sandbox", description = "For trying out (the default).")
        private boolean sandbox;

        private ApiKey.Kind kind() {
            return live && !sandbox ? ApiKey.Kind.LIVE : ApiKey.Kind.SANDBOX;
        }
    }

    @Command(
            name = "issue",
            description = "Issues a key, which works at once and is shown this once: only its hash is kept.",
            mixinStandardHelpOptions = true)
    void issue(
            @Option(names = "--partner", paramLabel = "NAME", required = true, description = "Whose key it is.")
                    String partner,
            @Option(
                            names = "--permission",
                            paramLabel = "PERMISSION",
                            required = true,
                            converter = PermissionConverter.class,
                            description = "What it allows; may be given several times.")
                    List<Permission> permissions,
            @ArgGroup @Nullable KindOption kind,
            @Option(
                            names = "--expires",
                            paramLabel = "DURATION",
                            converter = DurationConverter.class,
                            description =
                                    "For how long it is valid, for example 90d, 12h or 30m; for ever if not given.")
                    @Nullable
                    Duration expires,
            @Mixin Output output) {
        var issued = administration.withKeys(keys -> keys.issue(
                partner,
                EnumSet.copyOf(permissions),
                Optional.ofNullable(kind).map(KindOption::kind).orElse(ApiKey.Kind.SANDBOX),
                Optional.ofNullable(expires)));
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("id", issued.record().id());
        fields.put("partner", issued.record().partner());
        fields.put("key", issued.key().reveal());
        fields.put("permissions", codes(issued.record()));
        fields.put("createdAt", issued.record().createdAt());
        fields.put("expiresAt", issued.record().expiresAt().orElse(null));
        output.print(fields);
    }

    @Command(
            name = "list",
            description = "Lists the keys, by all that is kept of them.",
            mixinStandardHelpOptions = true)
    void list(
            @Option(names = "--partner", paramLabel = "NAME", description = "Only this partner's.") @Nullable
                    String partner,
            @Mixin Output output) {
        var keys = administration.withKeys(all -> all.list(Optional.ofNullable(partner)));
        output.print(keys.stream().map(KeyCommand::fields).toList(), "There is no key yet; \"key issue\" issues one.");
    }

    @Command(name = "revoke", description = "Refuses a key for ever, within a second.", mixinStandardHelpOptions = true)
    void revoke(
            @Parameters(paramLabel = "ID", description = "The key's id, as \"key list\" shows it.") String id,
            @Mixin Output output) {
        output.print(fields(administration.withKeys(keys -> keys.revoke(id))));
    }

    private static Map<String, @Nullable Object> fields(KeyRecord key) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("id", key.id());
        fields.put("partner", key.partner());
        fields.put("prefix", key.prefix());
        fields.put("lastFour", key.lastFour());
        fields.put("createdAt", key.createdAt());
        fields.put("expiresAt", key.expiresAt().orElse(null));
        fields.put("revokedAt", key.revokedAt().orElse(null));
        // Last, since there may be many.
        fields.put("permissions", codes(key));
        return fields;
    }

    private static List<String> codes(KeyRecord key) {
        return key.permissions().stream().map(Permission::code).toList();
    }

    static final class PermissionConverter implements ITypeConverter<Permission> {
        @Override
        public Permission convert(String text) {
            return Permission.ofCode(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "there is no permission %s; there are: %s".formatted(text, all())));
        }

        private static String all() {
            return Arrays.stream(Permission.values()).map(Permission::code).collect(Collectors.joining(", "));
        }
    }

    static final class DurationConverter implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})([dhm])");
        private static final Duration LONGEST = Duration.ofDays(3650);

        @Override
        public Duration convert(String text) {
            var parts = FORM.matcher(text);
            if (!parts.matches()) {
                throw new TypeConversionException(
                        "a duration is a positive number and d, h or m, for example 90d, 12h or 30m");
            }
            long count = Long.parseLong(parts.group(1));
            var duration = switch (parts.group(2)) {
                case "d" -> Duration.ofDays(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofMinutes(count);
            };
            if (duration.compareTo(LONGEST) > 0) {
                throw new TypeConversionException("a key expires after at most 3650d, for example 90d, or never");
            }
            return duration;
        }
    }
}
