package sa.cleanlife.partnerapi.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.ApiKeys.Issued;
import sa.cleanlife.partnerapi.access.Expiry;
import sa.cleanlife.partnerapi.access.KeyRecord;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.usage.KeyUsage.Used;

/** {@code key …}: what partners call the API with. */
@Command(
        name = "key",
        description = "Issues, shows, changes, rotates and revokes the keys that partners call the API with.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class KeyCommand {
    private final Administration administration;

    @Spec
    private @Nullable CommandSpec command;

    KeyCommand(Administration administration) {
        this.administration = administration;
    }

    /** For which bookings a key is. */
    static final class KindOption {
        @Option(names = "--live", description = "For real bookings.")
        private boolean live;

        @Option(
                names = "--sandbox",
                description = "For trying out (the default). Both kinds find and create the same contacts.")
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
                            description =
                                    "What it allows, for example partner_contacts_read; may be given several times.")
                    List<Permission> permissions,
            @ArgGroup @Nullable KindOption kind,
            @Option(
                            names = "--expires",
                            paramLabel = "WHEN",
                            converter = ExpiryConverter.class,
                            description =
                                    "For how long it is valid, for example 90d, 12h or 30m, or until when, for example 2027-06-30T00:00:00+03:00; for ever if not given, or with never.")
                    @Nullable
                    Expiry expires,
            @Mixin KeyRuleOptions limits,
            @Mixin As as,
            @Mixin Output output) {
        var rules = limits.change().apply(KeyRules.of(EnumSet.copyOf(permissions)));
        var issued = administration.withKeys(
                as.name(),
                keys -> keys.issue(
                        partner,
                        Optional.ofNullable(kind).map(KindOption::kind).orElse(ApiKey.Kind.SANDBOX),
                        rules,
                        Optional.ofNullable(expires).orElse(Expiry.NEVER)));
        output.print(shownOnce(issued));
    }

    private static Map<String, @Nullable Object> shownOnce(Issued issued) {
        var facts = issued.record().facts();
        var fields = pick(facts, "id", "partner");
        fields.put("key", issued.key().reveal());
        fields.putAll(pick(
                facts, "permissions", "createdAt", "expiresAt", "rateLimit", "newContactsPerDay", "allowedAddresses"));
        return fields;
    }

    @Command(
            name = "list",
            description = "Lists the keys, by what tells them apart; \"key show\" tells all of one.",
            mixinStandardHelpOptions = true)
    void list(
            @Option(names = "--partner", paramLabel = "NAME", description = "Only this partner's.") @Nullable
                    String partner,
            @Mixin Output output) {
        var keys = administration.withKeys(all -> all.list(Optional.ofNullable(partner)));
        output.print(keys.stream().map(KeyCommand::fields).toList(), "There is no key yet; \"key issue\" issues one.");
    }

    @Command(
            name = "show",
            description = "Tells all of a key: what it allows, and what it has used up to a minute ago.",
            mixinStandardHelpOptions = true)
    void show(@Parameters(paramLabel = "ID", description = ID) String id, @Mixin Output output) {
        output.print(administration.withKeyAndUse(id, KeyCommand::all));
    }

    private static Map<String, @Nullable Object> all(KeyRecord key, Used used) {
        var fields = key.facts();
        fields.put("lastUsedAt", used.lastUsedAt().map(Instant::toString).orElse(null));
        fields.put("callsToday", used.callsToday());
        fields.put("newContactsInHour", used.newContactsInHour());
        fields.put("newContactsInDay", used.newContactsInDay());
        return fields;
    }

    private static final String ID = "The key's id, as \"key list\" shows it.";

    @Command(
            name = "update",
            description = "Changes what a key allows, within a second. What is not given stays as it is.",
            mixinStandardHelpOptions = true)
    void update(
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(
                            names = "--permission",
                            paramLabel = "PERMISSION",
                            converter = PermissionConverter.class,
                            description =
                                    "What it allows instead, for example partner_contacts_read; may be given several times.")
                    @Nullable
                    List<Permission> permissions,
            @Option(
                            names = "--expires",
                            paramLabel = "WHEN",
                            converter = ExpiryConverter.class,
                            description = "For how long from now on it is valid, or until when; never: for ever.")
                    @Nullable
                    Expiry expires,
            @Mixin KeyRuleOptions limits,
            @Mixin As as,
            @Mixin Output output) {
        if (permissions == null && expires == null && !limits.areGiven() && command != null) {
            throw new ParameterException(
                    command.subcommands().get("update"), "Say what to change, for example --rate-limit 600");
        }
        var change = limits.change();
        var updated = administration.withKeys(
                as.name(),
                keys -> keys.update(
                        id,
                        rules -> change.apply(
                                permissions == null ? rules : rules.withPermissions(EnumSet.copyOf(permissions))),
                        Optional.ofNullable(expires)));
        output.print(updated.facts());
    }

    @Command(
            name = "rotate",
            description =
                    "Issues a successor with the same rights, which is shown this once. The old key works on until the overlap ends.",
            mixinStandardHelpOptions = true)
    void rotate(
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(
                            names = "--overlap",
                            paramLabel = "DURATION",
                            converter = ExpiryConverter.Overlap.class,
                            defaultValue = "24h",
                            description =
                                    "For how long the old key works on, for example 24h (the default); 0: not at all.")
                    Duration overlap,
            @Mixin As as,
            @Mixin Output output) {
        var rotated = administration.withKeys(as.name(), keys -> keys.rotate(id, overlap));
        var old = rotated.old();
        var fields = shownOnce(rotated.successor());
        fields.put("replaces", old.id().toString());
        fields.put(
                "replacedWorksUntil",
                old.revokedAt().or(old::expiresAt).map(Instant::toString).orElse(null));
        output.print(fields);
    }

    @Command(name = "revoke", description = "Refuses a key for ever, within a second.", mixinStandardHelpOptions = true)
    void revoke(@Parameters(paramLabel = "ID", description = ID) String id, @Mixin As as, @Mixin Output output) {
        output.print(fields(administration.withKeys(as.name(), keys -> keys.revoke(id))));
    }

    private static Map<String, @Nullable Object> fields(KeyRecord key) {
        // The permissions last, since there may be many.
        return pick(
                key.facts(),
                "id",
                "partner",
                "prefix",
                "lastFour",
                "createdAt",
                "expiresAt",
                "revokedAt",
                "permissions");
    }

    private static Map<String, @Nullable Object> pick(Map<String, @Nullable Object> facts, String... names) {
        var picked = new LinkedHashMap<String, @Nullable Object>();
        for (var name : names) {
            picked.put(name, facts.get(name));
        }
        return picked;
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
}
