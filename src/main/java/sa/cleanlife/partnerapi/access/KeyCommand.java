package sa.cleanlife.partnerapi.access;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.function.UnaryOperator;
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
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.operator.Operator;
import sa.cleanlife.partnerapi.operator.OperatorOption;
import sa.cleanlife.partnerapi.operator.OperatorSession;
import sa.cleanlife.partnerapi.operator.Output;

/** {@code key …}: issues, shows, changes, rotates and revokes API keys. */
@Command(
        name = "key",
        description = "Issues, shows, changes, rotates and revokes the API keys of partners.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class KeyCommand {
    private static final String ID = "The key's id, as \"key list\" shows it.";

    private final OperatorSession session;
    private final CreatedContacts createdContacts;

    @Spec
    private @Nullable CommandSpec command;

    /** @param createdContacts counts the new contacts that "key show" prints */
    public KeyCommand(OperatorSession session, CreatedContacts createdContacts) {
        this.session = session;
        this.createdContacts = createdContacts;
    }

    /** The kind of a new key. */
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
            description = "Issues a key. It works at once, and is shown only this once, since only its hash is stored.",
            mixinStandardHelpOptions = true)
    void issue(
            @Option(
                            names = "--partner",
                            paramLabel = "NAME",
                            required = true,
                            description = "The partner who gets the key.")
                    String partner,
            @Option(
                            names = "--permission",
                            paramLabel = "PERMISSION",
                            required = true,
                            converter = PermissionConverter.class,
                            description =
                                    "A permission of the key, for example partner_contacts_read; may be given several times.")
                    List<Permission> permissions,
            @Option(
                            names = "--label",
                            paramLabel = "TEXT",
                            converter = LabelConverter.class,
                            description =
                                    "The name of the key, for example booking-site, by which to tell it from the partner's other keys. The partner sees it too. none: no label.")
                    @Nullable
                    KeyLabel label,
            @ArgGroup @Nullable KindOption kind,
            @Option(
                            names = "--expires",
                            paramLabel = "WHEN",
                            converter = ExpiryConverter.class,
                            description =
                                    "When the key expires: after a duration, for example 90d, 12h or 30m; at a time, for example 2027-06-30T00:00:00+03:00; or never, which is the default.")
                    @Nullable
                    Expiry expires,
            @Mixin KeyRuleOptions limits,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        var rules = limits.change().apply(KeyRules.of(EnumSet.copyOf(permissions)));
        var labelOrNone = label == null ? KeyLabel.NONE : label;
        var kindOrSandbox = kind == null ? ApiKey.Kind.SANDBOX : kind.kind();
        var expiry = expires == null ? Expiry.NEVER : expires;
        var issued = session.change(
                as,
                (database, operator) ->
                        keys(database, operator).issue(partner, labelOrNone, kindOrSandbox, rules, expiry));
        output.print(new KeyJson.New(issued));
    }

    private static ApiKeys keys(Database database, Operator operator) {
        return new ApiKeys(database, operator, new SecureRandom());
    }

    @Command(
            name = "list",
            description =
                    "Lists the keys with their labels, expiry and last use; \"key show\" shows all details of one.",
            mixinStandardHelpOptions = true)
    void list(
            @Option(names = "--partner", paramLabel = "NAME", description = "Only this partner's keys.") @Nullable
                    String partner,
            @Mixin Output output) {
        var listed = session.read((database, reader) -> {
            var keys = keys(database, reader);
            return partner == null ? keys.list() : keys.listOf(partner);
        });
        output.print(listed, "There is no key yet; \"key issue\" issues one.");
    }

    @Command(
            name = "show",
            description = "Shows all details of a key: its rules, and its usage up to a minute ago.",
            mixinStandardHelpOptions = true)
    void show(@Parameters(paramLabel = "ID", description = ID) String id, @Mixin Output output) {
        output.print(session.read((database, reader) -> keys(database, reader).findWithUse(id, createdContacts)));
    }

    @Command(
            name = "update",
            description =
                    "Changes the label and the rules of a key, on all nodes within a second. What is not given stays as it is.",
            mixinStandardHelpOptions = true)
    void update(
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(
                            names = "--permission",
                            paramLabel = "PERMISSION",
                            converter = PermissionConverter.class,
                            description =
                                    "A permission, for example partner_contacts_read; may be given several times. The given ones replace all that the key has.")
                    @Nullable
                    List<Permission> permissions,
            @Option(
                            names = "--label",
                            paramLabel = "TEXT",
                            converter = LabelConverter.class,
                            description = "The new name of the key, which the partner sees too. none: no label.")
                    @Nullable
                    KeyLabel label,
            @Option(
                            names = "--expires",
                            paramLabel = "WHEN",
                            converter = ExpiryConverter.class,
                            description = "When the key expires: after a duration from now on, at a time, or never.")
                    @Nullable
                    Expiry expires,
            @Mixin KeyRuleOptions limits,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        if (permissions == null && label == null && expires == null && !limits.areGiven() && command != null) {
            throw new ParameterException(
                    command.subcommands().get("update"), "Say what to change, for example --rate-limit 600");
        }
        var limitsChange = limits.change();
        UnaryOperator<KeyRecord> change = key -> {
            var rules = permissions == null ? key.rules() : key.rules().withPermissions(EnumSet.copyOf(permissions));
            return key.withRules(limitsChange.apply(rules)).withLabel(label == null ? key.label() : label);
        };
        var updated = session.change(as, (database, operator) -> {
            var keys = keys(database, operator);
            return expires == null ? keys.update(id, change) : keys.update(id, change, expires);
        });
        output.print(new KeyJson.Whole(updated));
    }

    @Command(
            name = "rotate",
            description =
                    "Issues a successor with the same label and rules, which is shown only this once. The old key works until the overlap ends.",
            mixinStandardHelpOptions = true)
    void rotate(
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(
                            names = "--overlap",
                            paramLabel = "DURATION",
                            converter = ExpiryConverter.Overlap.class,
                            defaultValue = "24h",
                            description =
                                    "How long the old key still works, for example 24h (the default); 0: it is revoked at once.")
                    Duration overlap,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        var rotated = session.change(
                as, (database, operator) -> keys(database, operator).rotate(id, overlap));
        output.print(new KeyJson.Successor(rotated));
    }

    @Command(
            name = "revoke",
            description = "Revokes a key for ever, on all nodes within a second.",
            mixinStandardHelpOptions = true)
    void revoke(
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Mixin OperatorOption as,
            @Mixin Output output) {
        var revoked = session.change(
                as, (database, operator) -> keys(database, operator).revoke(id));
        output.print(new KeyJson.Whole(revoked));
    }

    static final class LabelConverter implements ITypeConverter<KeyLabel> {
        @Override
        public KeyLabel convert(String text) {
            try {
                return KeyLabel.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
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
