package sa.cleanlife.partnerapi;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import sa.cleanlife.partnerapi.access.AddressRange;
import sa.cleanlife.partnerapi.database.DatabaseUrl;
import sa.cleanlife.partnerapi.logging.LogFormat;

/**
 * All configuration, read once from the environment. {@link Setting} says what each setting is for.
 *
 * @param port 0 for any free one; the same holds for {@code managementPort}
 * @param databaseUrl the operator's own PostgreSQL; empty for the embedded one in {@code dataDirectory}
 * @param riskLosingContacts whether a database that can lose acknowledged contacts is accepted
 */
public record Settings(
        String host,
        int port,
        List<AddressRange> trustedProxies,
        String managementHost,
        int managementPort,
        Optional<DatabaseUrl> databaseUrl,
        Path dataDirectory,
        LogFormat logFormat,
        boolean riskLosingContacts) {
    private static final Pattern HOST_NAME = Pattern.compile("[\\p{L}\\p{N}._-]+");
    private static final Pattern ZONE = Pattern.compile("(?<=:[0-9a-fA-F:]{0,40})%[\\w.-]+$");

    /** The environment has invalid settings. The message has a sentence for each of them. */
    @SuppressWarnings("serial") // never serialised
    public static final class InvalidSettingsException extends RuntimeException {
        private InvalidSettingsException(List<String> faults) {
            super(String.join(System.lineSeparator(), faults), null, false, false);
        }
    }

    /**
     * Throws {@link InvalidSettingsException} if any setting is invalid.
     *
     * @param onTerminal whether the output is a terminal, where the default log format is text
     */
    public static Settings read(Map<String, String> environment, boolean onTerminal) {
        var reader = new Reader(environment);
        var settings = new Settings(
                reader.read(Setting.HOST, Settings::host),
                reader.read(Setting.PORT, Settings::port),
                reader.read(Setting.TRUSTED_PROXIES, Settings::addressRanges),
                reader.read(Setting.MANAGEMENT_HOST, Settings::host),
                reader.read(Setting.MANAGEMENT_PORT, Settings::port),
                reader.read(Setting.DATABASE_URL, Settings::databaseUrl),
                reader.read(Setting.DATA_DIR, Settings::directory),
                reader.read(Setting.LOG, onTerminal ? "text" : "json", Settings::logFormat),
                reader.read(Setting.RISK_LOSING_CONTACTS, Settings::yesOrNo));
        if (!reader.faults.isEmpty()) {
            throw new InvalidSettingsException(reader.faults);
        }
        return settings;
    }

    private static final class Reader {
        private final Map<String, String> environment;
        private final List<String> faults = new ArrayList<>();

        Reader(Map<String, String> environment) {
            this.environment = environment;
        }

        <T> T read(Setting setting, Function<String, T> rule) {
            return read(setting, setting.defaultText(), rule);
        }

        /**
         * Applies a rule, which throws with what the value must be. The default then replaces the value, so that all
         * faults are reported together.
         */
        <T> T read(Setting setting, String whenUnset, Function<String, T> rule) {
            var name = setting.variable();
            var value = environment.getOrDefault(name, "").strip();
            try {
                return rule.apply(value.isEmpty() || Setting.isInjected(name, value) ? whenUnset : value);
            } catch (IllegalArgumentException e) {
                faults.add(name + " " + e.getMessage() + ".");
                return rule.apply(whenUnset);
            }
        }
    }

    /** The host without the brackets that an IPv6 address may have, as in a URL. */
    private static String host(String text) {
        var host = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        var isAddress = host.contains(":") || host.matches("[0-9.]+");
        if (isAddress ? isLiteral(host) : HOST_NAME.matcher(host).matches() && host.equals(text)) {
            return host;
        }
        throw new IllegalArgumentException(
                "must be an address or a host name, without a scheme and a port, for example 127.0.0.1, ::1 or api.example.com");
    }

    /**
     * Whether the text is an IP address. The zone of an IPv6 address is not checked, so it may be one of another
     * machine.
     */
    private static boolean isLiteral(String address) {
        try {
            InetAddress.ofLiteral(ZONE.matcher(address).replaceFirst(""));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below.
        }
        throw new IllegalArgumentException("must be a port number from 0 to 65535, for example 8080");
    }

    private static List<AddressRange> addressRanges(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        var ranges = new ArrayList<AddressRange>();
        for (var range : text.split(",", -1)) {
            try {
                ranges.add(proxies(range.strip()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "must be addresses or CIDR ranges separated by commas; number %d is wrong: %s"
                                .formatted(ranges.size() + 1, e.getMessage()));
            }
        }
        return List.copyOf(ranges);
    }

    private static AddressRange proxies(String text) {
        var range = AddressRange.parse(text);
        if (range.prefixLength() == 0) {
            throw new IllegalArgumentException("it contains every address, so any client could claim any address");
        }
        return range;
    }

    private static Optional<DatabaseUrl> databaseUrl(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var url = DatabaseUrl.parse(text);
        if (!url.sslRootCertificate().isEmpty() && !Files.isReadable(Path.of(url.sslRootCertificate()))) {
            throw new IllegalArgumentException("must name as sslrootcert a readable file of PEM certificates");
        }
        return Optional.of(url);
    }

    private static Path directory(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be the path of a directory, for example ./data");
        }
    }

    private static LogFormat logFormat(String text) {
        return switch (text) {
            case "text" -> LogFormat.TEXT;
            case "json" -> LogFormat.JSON;
            default -> throw new IllegalArgumentException("must be text or json");
        };
    }

    private static boolean yesOrNo(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }
}
