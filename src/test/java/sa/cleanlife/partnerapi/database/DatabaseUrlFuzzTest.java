package sa.cleanlife.partnerapi.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.pgclient.PgConnectOptions;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import sa.cleanlife.partnerapi.database.DatabaseUrl.Host;
import sa.cleanlife.partnerapi.fuzz.AnswerCoverage;

/** Fuzzes the database URL: Flyway and the server's own driver must get the same target from it, or none. */
class DatabaseUrlFuzzTest {
    @RegisterExtension
    static final AnswerCoverage COVERAGE = new AnswerCoverage("taken", "refused");

    private static final String EXAMPLE = ", as in postgresql://user:password@host:5432/database";

    /** The only sentences allowed about a URL, since it contains a password. */
    private static final List<String> SENTENCES = List.of(
            "must begin with postgresql://" + EXAMPLE,
            "must name a user" + EXAMPLE,
            "must name a host" + EXAMPLE,
            "must have a port from 1 to 65535" + EXAMPLE,
            "must have a target_session_attrs of any, read-write or primary",
            "must give sslrootcert, a file of PEM certificates, when sslmode is verify-ca or verify-full",
            "must have an sslmode of disable, allow, prefer, require, verify-ca or verify-full",
            "must have no parameters but password, sslmode, sslrootcert, targetServerType, target_session_attrs, user",
            "must have each % followed by two hexadecimal digits of UTF-8 text (%25 is a percent sign)");

    @FuzzTest
    void is_refused_without_quoting_it_or_leads_both_drivers_to_the_same_place(byte[] bytes) {
        var text = new String(bytes, UTF_8);

        DatabaseUrl url;
        try {
            url = DatabaseUrl.parse(text);
        } catch (IllegalArgumentException refused) {
            COVERAGE.saw("refused");
            assertThat(refused.getMessage()).isIn(SENTENCES);
            assertThat(refused.getCause()).isNull();
            return;
        }
        COVERAGE.saw("taken");
        assertThat(url).hasToString(places(url.hosts()) + "/" + url.database());
        assertThat(placesOf(url.servers())).isEqualTo(url.hosts());
        assertThat(url.servers()).allSatisfy(server -> {
            assertThat(server.getDatabase()).isEqualTo(url.database());
            assertThat(server.getUser()).isEqualTo(url.user());
            assertThat(server.getPassword()).isEqualTo(url.password());
            assertThat(server.getSslMode()).isEqualTo(url.sslMode());
        });
        assertThat(url.hosts()).allSatisfy(host -> assertLeadsTo(host, url));
    }

    private static List<Host> placesOf(List<PgConnectOptions> servers) {
        return servers.stream()
                .map(server -> new Host(server.getHost(), server.getPort()))
                .toList();
    }

    private static String places(List<Host> hosts) {
        return hosts.stream().map(host -> bracketed(host) + ":" + host.port()).collect(Collectors.joining(","));
    }

    private static String bracketed(Host host) {
        return host.name().contains(":") ? "[" + host.name() + "]" : host.name();
    }

    private static void assertLeadsTo(Host host, DatabaseUrl url) {
        var jdbc = Driver.parseURL(url.jdbcUrl(host), new Properties());

        assertThat(jdbc).as("the URL, parsed by PostgreSQL's JDBC driver").isNotNull();
        assertThat(PGProperty.PG_HOST.getOrDefault(jdbc)).isEqualTo(bracketed(host));
        assertThat(PGProperty.PG_PORT.getOrDefault(jdbc)).isEqualTo(Integer.toString(host.port()));
        assertThat(PGProperty.PG_DBNAME.getOrDefault(jdbc)).isEqualTo(url.database());
        assertThat(PGProperty.SSL_MODE.getOrDefault(jdbc)).isEqualTo(url.sslMode().value);
        assertThat(PGProperty.SSL_ROOT_CERT.getOrDefault(jdbc))
                .isEqualTo(url.sslRootCertificate().isEmpty() ? null : url.sslRootCertificate());
        assertThat(PGProperty.USER.getOrDefault(jdbc)).isNull();
        assertThat(PGProperty.PASSWORD.getOrDefault(jdbc)).isNull();
    }
}
