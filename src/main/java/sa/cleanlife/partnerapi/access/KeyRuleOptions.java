package sa.cleanlife.partnerapi.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The options for the allow-list and the limits of a key. A rule that is not given stays as it is; a new key has no
 * limits.
 */
final class KeyRuleOptions {
    @Option(
            names = "--allow-address",
            paramLabel = "CIDR",
            converter = AllowedConverter.class,
            description =
                    "An address or range from which the key may be used, for example 203.0.113.0/24; may be given several times. The given ones replace all that the key has. any: from anywhere.")
    private @Nullable List<Allowed> allowed;

    @Option(
            names = "--rate-limit",
            paramLabel = "N",
            converter = LimitConverter.class,
            description = "The maximum number of requests in any 60 s, over all nodes. none: no limit.")
    private @Nullable Limit rateLimit;

    @Option(
            names = "--new-contacts-per-day",
            paramLabel = "N",
            converter = LimitConverter.class,
            description =
                    "The maximum number of contacts that the key creates in any 24 h; finding is not limited. none: no limit.")
    private @Nullable Limit newContactsPerDay;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    boolean areGiven() {
        return allowed != null || rateLimit != null || newContactsPerDay != null;
    }

    /**
     * The change to the rules of a key. Options that contradict each other are refused here, before the database is
     * opened.
     */
    UnaryOperator<KeyRules> change() {
        var changes = new ArrayList<UnaryOperator<KeyRules>>();
        if (allowed != null) {
            var ranges = ranges(allowed);
            changes.add(rules -> rules.withAllowedAddresses(ranges));
        }
        if (rateLimit != null) {
            var number = rateLimit.number();
            changes.add(rules -> rules.withRateLimit(number));
        }
        if (newContactsPerDay != null) {
            var number = newContactsPerDay.number();
            changes.add(rules -> rules.withNewContactsPerDay(number));
        }
        return rules -> {
            var changed = rules;
            for (var change : changes) {
                changed = change.apply(changed);
            }
            return changed;
        };
    }

    private List<AddressRange> ranges(List<Allowed> given) {
        var ranges =
                given.stream().flatMap(each -> each.range().stream()).distinct().toList();
        if (given.size() > 1 && given.stream().anyMatch(each -> each.range().isEmpty()) && command != null) {
            throw new ParameterException(
                    command.commandLine(),
                    "--allow-address any cannot be combined with another: it allows every address");
        }
        return ranges;
    }

    /** An address range; empty for any address. */
    record Allowed(Optional<AddressRange> range) {}

    /** A limit; empty for no limit. */
    record Limit(Optional<Integer> number) {}

    static final class AllowedConverter implements ITypeConverter<Allowed> {
        @Override
        public Allowed convert(String text) {
            try {
                return new Allowed(text.equals("any") ? Optional.empty() : Optional.of(AddressRange.parse(text)));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage() + "; or any");
            }
        }
    }

    static final class LimitConverter implements ITypeConverter<Limit> {
        private static final Pattern FORM = Pattern.compile("0|[1-9][0-9]{0,6}");
        private static final int MOST = 1_000_000;

        @Override
        public Limit convert(String text) {
            if (text.equals("none")) {
                return new Limit(Optional.empty());
            }
            if (!FORM.matcher(text).matches() || Integer.parseInt(text) > MOST) {
                throw new TypeConversionException(
                        "a limit is a whole number from 1 to %d, for example 600, or none".formatted(MOST));
            }
            if (text.equals("0")) {
                throw new TypeConversionException(
                        "a limit of 0 would allow nothing; it is at least 1, for example 600, or none");
            }
            return new Limit(Optional.of(Integer.parseInt(text)));
        }
    }
}
