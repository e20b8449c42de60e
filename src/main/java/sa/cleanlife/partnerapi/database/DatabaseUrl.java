package sa.cleanlife.partnerapi.database;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A PostgreSQL connection URI as libpq defines it: {@code
 * postgresql://user:password@host:5432,other:5432/db?sslmode=…}. An unknown parameter is refused rather than ignored,
 * since the security of the connection may depend on it.
 *
 * @param hosts at least one; of several, the primary is used
 */
public record DatabaseUrl(
        List<Host> hosts, String database, String user, String password, SslMode sslMode, String sslRootCertificate) {
    private static final int DEFAULT_PORT = 5432;

    /**
     * Characters that a host may not contain, even percent-encoded: in the JDBC URL they would lead to another host.
     */
    private static final String NOT_IN_HOSTS = "/,?#[]";

    private static final String EXAMPLE = "postgresql://user:password@host:5432/database";
    private static final Set<String> PARAMETERS =
            Set.of("user", "password", "sslmode", "sslrootcert", "target_session_attrs", "targetServerType");

    /**
     * The accepted values, under the parameter names of libpq and JDBC. Whatever the value, this server uses the
     * primary, since it writes.
     */
    private static final Set<String> TARGETS = Set.of("any", "primary", "read-write", "master");

    /** A server; the name of an IPv6 address has no brackets. */
    public record Host(String name, int port) {}

    /** Parses a URI. The exception says what is wrong and never repeats the URI, which holds a password. */
    public static DatabaseUrl parse(String url) {
        var rest = withoutScheme(url);
        var query = "";
        int question = rest.indexOf('?');
        if (question >= 0) {
            query = rest.substring(question + 1);
            rest = rest.substring(0, question);
        }
        var path = "";
        int slash = rest.indexOf('/');
        if (slash >= 0) {
            path = rest.substring(slash + 1);
            rest = rest.substring(0, slash);
        }
        var parameters = parameters(query);
        int at = rest.lastIndexOf('@');
        var userInfo = at < 0 ? "" : rest.substring(0, at);
        int colon = userInfo.indexOf(':');
        var user = parameters.getOrDefault("user", decode(colon < 0 ? userInfo : userInfo.substring(0, colon)));
        var password = parameters.getOrDefault("password", decode(colon < 0 ? "" : userInfo.substring(colon + 1)));
        if (user.isEmpty()) {
            throw new IllegalArgumentException("must name a user, as in " + EXAMPLE);
        }
        var target =
                parameters.getOrDefault("target_session_attrs", parameters.getOrDefault("targetServerType", "any"));
        if (!TARGETS.contains(target)) {
            throw new IllegalArgumentException("must have a target_session_attrs of any, read-write or primary");
        }
        var sslMode = sslMode(parameters.getOrDefault("sslmode", "prefer"));
        var certificate = parameters.getOrDefault("sslrootcert", "");
        if ((sslMode == SslMode.VERIFY_CA || sslMode == SslMode.VERIFY_FULL) && certificate.isEmpty()) {
            throw new IllegalArgumentException(
                    "must give sslrootcert, a file of PEM certificates, when sslmode is verify-ca or verify-full");
        }
        return new DatabaseUrl(
                hosts(rest.substring(at + 1)),
                path.isEmpty() ? user : decode(path),
                user,
                password,
                sslMode,
                certificate);
    }

    private static String withoutScheme(String url) {
        for (var scheme : List.of("postgresql://", "postgres://")) {
            if (url.startsWith(scheme)) {
                return url.substring(scheme.length());
            }
        }
        throw new IllegalArgumentException("must begin with postgresql://, as in " + EXAMPLE);
    }

    private static List<Host> hosts(String list) {
        var hosts = new ArrayList<Host>();
        for (var host : list.split(",", -1)) {
            // An IPv6 address has colons of its own, so it stands in brackets.
            int port = host.indexOf(':', host.lastIndexOf(']') + 1);
            var name = port < 0 ? host : host.substring(0, port);
            if (name.startsWith("[") && name.endsWith("]")) {
                name = name.substring(1, name.length() - 1);
            }
            name = decode(name);
            if (name.isEmpty() || name.chars().anyMatch(c -> NOT_IN_HOSTS.indexOf(c) >= 0)) {
                throw new IllegalArgumentException("must name a host, as in " + EXAMPLE);
            }
            hosts.add(new Host(name, port < 0 ? DEFAULT_PORT : port(host.substring(port + 1))));
        }
        return List.copyOf(hosts);
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // Reported below.
        }
        throw new IllegalArgumentException("must have a port from 1 to 65535, as in " + EXAMPLE);
    }

    private static Map<String, String> parameters(String query) {
        var parameters = new LinkedHashMap<String, String>();
        for (var pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            var name = equals < 0 ? pair : pair.substring(0, equals);
            if (!PARAMETERS.contains(name)) {
                throw new IllegalArgumentException("must have no parameters but "
                        + PARAMETERS.stream().sorted().collect(Collectors.joining(", ")));
            }
            parameters.put(name, decode(equals < 0 ? "" : pair.substring(equals + 1)));
        }
        return parameters;
    }

    private static SslMode sslMode(String text) {
        try {
            return SslMode.of(text);
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException(
                    "must have an sslmode of disable, allow, prefer, require, verify-ca or verify-full");
        }
    }

    private static String decode(String text) {
        try {
            // In a URI, unlike in a form, a plus sign is a plus sign.
            var decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (decoded.indexOf('\0') < 0 && decoded.indexOf('\uFFFD') < 0) {
                return decoded;
            }
        } catch (IllegalArgumentException malformed) {
            // Reported below.
        }
        throw new IllegalArgumentException(
                "must have each % followed by two hexadecimal digits of UTF-8 text (%25 is a percent sign)");
    }

    /** The connection options of each server. */
    List<PgConnectOptions> servers() {
        return hosts.stream().map(this::server).toList();
    }

    private PgConnectOptions server(Host host) {
        var options = new PgConnectOptions()
                .setHost(host.name())
                .setPort(host.port())
                .setDatabase(database)
                .setUser(user)
                .setPassword(password)
                .setSslMode(sslMode)
                .setCachePreparedStatements(true)
                // Without the driver's extra_float_digits, which PgBouncer refuses and nothing here needs.
                .setProperties(
                        Map.of("application_name", "partner-api", "client_encoding", "utf8", "DateStyle", "ISO"));
        if (sslMode != SslMode.DISABLE) {
            var ssl = new ClientSSLOptions();
            if (sslRootCertificate.isEmpty()) {
                // As libpq does for the modes below verify-ca: encrypted, but the certificate is not checked.
                ssl.setTrustAll(true);
            } else {
                ssl.setTrustOptions(new PemTrustOptions().addCertPath(sslRootCertificate));
            }
            if (sslMode == SslMode.VERIFY_FULL) {
                ssl.setHostnameVerificationAlgorithm("HTTPS");
            }
            options.setSslOptions(ssl);
        }
        return options;
    }

    /**
     * The JDBC URL of a server, for Flyway, without user and password. Its read timeout is an hour, since a statement
     * may build an index on a large table.
     */
    String jdbcUrl(Host host) {
        var name = host.name().contains(":") ? "[" + host.name() + "]" : host.name();
        return "jdbc:postgresql://%s:%d/%s?ApplicationName=partner-api&connectTimeout=2&loginTimeout=10&socketTimeout=3600&sslmode=%s"
                        .formatted(name, host.port(), encode(database), sslMode.value)
                + (sslRootCertificate.isEmpty() ? "" : "&sslrootcert=" + encode(sslRootCertificate));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The hosts and the database, without the user and the password. */
    @Override
    public String toString() {
        return hosts.stream().map(host -> host.name() + ":" + host.port()).collect(Collectors.joining(",")) + "/"
                + database;
    }
}
