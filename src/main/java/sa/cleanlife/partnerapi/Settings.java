package sa.cleanlife.partnerapi;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import sa.cleanlife.partnerapi.access.AddressRange;
import sa.cleanlife.partnerapi.database.DatabaseUrl;
import sa.cleanlife.partnerapi.logging.LogFormat;

/**
 * All configuration, read once from the environment. The README's table says what each is for.
 *
 * @param port 0 for any free one, as {@code managementPort}
 * @param databaseUrl the operator's own PostgreSQL; empty for the embedded one in {@code dataDirectory}
 * @param riskLosingContacts whether a database that may forget what it has acknowledged will do
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
    /** What is wrong with the environment: one sentence for each setting, all at once. */
    @SuppressWarnings("serial") // never serialised
    public static final class InvalidSettingsException extends RuntimeException {
        private InvalidSettingsException(List<String> faults) {
            super(String.join(System.lineSeparator(), faults), null, false, false);
        }
    }

    /**
     * Throws {@link InvalidSettingsException} when any is wrong.
     *
     * @param onTerminal whether a person is looking, who gets text unless they ask otherwise
     */
    public static Settings read(Map<String, String> environment, boolean onTerminal) {
        var reader = new Reader(environment);
        var settings = new Settings(
                reader.read("PARTNER_API_HOST", "127.0.0.1", Function.identity()),
                reader.read("PARTNER_API_PORT", "8080", Settings::port),
                reader.read("PARTNER_API_TRUSTED_PROXIES", "", Settings::addressRanges),
                reader.read("PARTNER_API_MANAGEMENT_HOST", "127.0.0.1", Function.identity()),
                reader.read("PARTNER_API_MANAGEMENT_PORT", "8081", Settings::port),
                reader.read("PARTNER_API_DATABASE_URL", "", Settings::databaseUrl),
                reader.read("PARTNER_API_DATA_DIR", "./data", Settings::directory),
                reader.read("PARTNER_API_LOG", onTerminal ? "text" : "json", Settings::logFormat),
                reader.read("PARTNER_API_RISK_LOSING_CONTACTS", "false", Settings::yesOrNo));
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

        /** A rule throws with what the value must be; its default stands in until all faults are known. */
        <T> T read(String name, String whenUnset, Function<String, T> rule) {
            var value = environment.getOrDefault(name, "").strip();
            try {
                return rule.apply(value.isEmpty() ? whenUnset : value);
            } catch (IllegalArgumentException e) {
                faults.add(name + " " + e.getMessage() + ".");
                return rule.apply(whenUnset);
            }
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // Said below.
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
            throw new IllegalArgumentException("it is every address, so every caller could say that it is another");
        }
        return range;
    }

    private static Optional<DatabaseUrl> databaseUrl(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var url = DatabaseUrl.parse(text);
        if (!url.sslRootCertificate().isEmpty() && !Files.isReadable(Path.of(url.sslRootCertificate()))) {
            throw new IllegalArgumentException("must give as sslrootcert a file of PEM certificates that can be read");
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
