package sa.cleanlife.partnerapi;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import sa.cleanlife.partnerapi.operator.Spelling;

/**
 * An environment variable that an operator may set: its name, its default and what it is for. {@code serve --help} prints
 * these, and the documentation's table begins with the same words.
 */
public enum Setting {
    HOST(
            "127.0.0.1",
            "The address or host name on which the API accepts requests; 0.0.0.0 for all IPv4 addresses of the machine, :: for IPv6 too."),
    PORT("8080", "The port of the API; 0 for any free one, which is printed."),
    TRUSTED_PROXIES(
            "",
            "The balancers in front, as addresses and CIDR ranges separated by commas. The client addresses that they report are trusted."),
    MANAGEMENT_HOST("127.0.0.1", "The address or host name of health checks and metrics, which need no key."),
    MANAGEMENT_PORT("8081", "The port of health checks and metrics; 0 for any free one, which is printed."),
    DATABASE_URL(
            "",
            "Your own PostgreSQL, as postgresql://user:password@host:5432/database; if unset, the embedded one is used."),
    DATA_DIR("./data", "The directory of the embedded PostgreSQL and its data; relative to the current directory."),
    LOG("text on a terminal, else json", "The format of log lines: text or json."),
    RISK_LOSING_CONTACTS(
            "false",
            "true to accept a database with fsync or synchronous_commit off, which can lose contacts that were acknowledged.");

    private static final String PREFIX = "PARTNER_API_";

    /**
     * Kubernetes and Docker describe each service to every container in variables; these names belong to a service
     * "partner-api".
     */
    private static final Pattern INJECTED_NAME = Pattern.compile(
            PREFIX + "(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern INJECTED_ADDRESS = Pattern.compile("(tcp|udp|sctp)://\\S+:\\d+");

    private final String defaultText;
    private final String description;

    Setting(String defaultText, String description) {
        this.defaultText = defaultText;
        this.description = description;
    }

    /** The environment variable. */
    public String variable() {
        return PREFIX + name();
    }

    /** The default as people read it; empty if there is none. */
    public String defaultText() {
        return defaultText;
    }

    /** What the setting is for, in a sentence or two. */
    public String description() {
        return description;
    }

    /**
     * Whether Kubernetes set a variable to describe a service, so that no operator meant it as a setting. If a service
     * is named like this program, {@code PARTNER_API_PORT} is {@code tcp://10.0.0.1:8080}.
     */
    static boolean isInjected(String variable, String value) {
        return INJECTED_NAME.matcher(variable).matches()
                || (variable.startsWith(PREFIX)
                        && variable.endsWith("_PORT")
                        && INJECTED_ADDRESS.matcher(value.strip()).matches());
    }

    /** The variables that Kubernetes set, in alphabetical order. */
    public static List<String> injected(Map<String, String> environment) {
        return names(environment, variable -> isInjected(variable, environment.getOrDefault(variable, "")));
    }

    /** The variables that look like a setting but are none, in alphabetical order. */
    public static List<String> unknown(Map<String, String> environment) {
        return names(
                environment,
                variable -> variable.startsWith(PREFIX)
                        && !isKnown(variable)
                        && !isInjected(variable, environment.getOrDefault(variable, "")));
    }

    /** The setting that was probably meant by an unknown variable. */
    public static Optional<Setting> nearest(String unknown) {
        var names = Arrays.stream(values()).map(Setting::name).toList();
        return Spelling.nearest(unknown.substring(PREFIX.length()), names).map(Setting::valueOf);
    }

    private static boolean isKnown(String variable) {
        return Arrays.stream(values()).anyMatch(setting -> setting.variable().equals(variable));
    }

    private static List<String> names(Map<String, String> environment, Predicate<String> wanted) {
        return new TreeSet<>(environment.keySet()).stream().filter(wanted).toList();
    }
}
