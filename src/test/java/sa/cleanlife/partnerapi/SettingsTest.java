package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.Settings.InvalidSettingsException;
import sa.cleanlife.partnerapi.access.AddressRange;
import sa.cleanlife.partnerapi.database.DatabaseUrl;
import sa.cleanlife.partnerapi.logging.LogFormat;

/** The settings, and the error messages for wrong ones. */
class SettingsTest {
    private static final String PASSWORD = "hunter2%2Fsecret";

    private static final List<String> NAMES =
            Stream.of(Setting.values()).map(Setting::variable).toList();

    private static Settings read(Map<String, String> environment) {
        return Settings.read(environment, true);
    }

    private static Settings with(String name, String value) {
        return read(Map.of(name, value));
    }

    private static String fault(Map<String, String> environment) {
        return String.valueOf(catchThrowableOfType(InvalidSettingsException.class, () -> read(environment))
                .getMessage());
    }

    @Nested
    class Unset {
        private static final Settings DEFAULTS = new Settings(
                "127.0.0.1",
                8080,
                List.of(),
                "127.0.0.1",
                8081,
                Optional.empty(),
                Path.of("./data"),
                LogFormat.TEXT,
                false);

        @Test
        void everything_has_a_default() {
            assertThat(read(Map.of())).isEqualTo(DEFAULTS);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\t\n"})
        void an_empty_or_blank_variable_counts_as_unset(String nothing) {
            var environment = new HashMap<String, String>();
            NAMES.forEach(name -> environment.put(name, nothing));

            assertThat(read(environment)).isEqualTo(DEFAULTS);
        }

        @Test
        void the_log_is_json_unless_a_person_is_looking() {
            assertThat(Settings.read(Map.of(), false).logFormat()).isEqualTo(LogFormat.JSON);
            assertThat(Settings.read(Map.of("PARTNER_API_LOG", "text"), false).logFormat())
                    .isEqualTo(LogFormat.TEXT);
        }

        @Test
        void other_variables_mean_nothing() {
            assertThat(read(Map.of("PORT", "1", "partner_api_port", "2", "PATH", "/bin")))
                    .isEqualTo(DEFAULTS);
        }
    }

    @Nested
    class Set {
        @Test
        void each_variable_sets_its_own() {
            var url = "postgresql://api:secret@db.example:5433/partner";

            var settings = read(Map.of(
                    "PARTNER_API_HOST", "0.0.0.0",
                    "PARTNER_API_PORT", "9080",
                    "PARTNER_API_TRUSTED_PROXIES", "10.0.0.0/8",
                    "PARTNER_API_MANAGEMENT_HOST", "::1",
                    "PARTNER_API_MANAGEMENT_PORT", "9081",
                    "PARTNER_API_DATABASE_URL", url,
                    "PARTNER_API_DATA_DIR", "/var/lib/partner-api",
                    "PARTNER_API_LOG", "json",
                    "PARTNER_API_RISK_LOSING_CONTACTS", "true"));

            assertThat(settings)
                    .isEqualTo(new Settings(
                            "0.0.0.0",
                            9080,
                            List.of(AddressRange.parse("10.0.0.0/8")),
                            "::1",
                            9081,
                            Optional.of(DatabaseUrl.parse(url)),
                            Path.of("/var/lib/partner-api"),
                            LogFormat.JSON,
                            true));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 65_535})
        void every_port_will_do(int port) {
            assertThat(with("PARTNER_API_PORT", " " + port + " ").port()).isEqualTo(port);
            assertThat(with("PARTNER_API_MANAGEMENT_PORT", "" + port).managementPort())
                    .isEqualTo(port);
        }
    }

    @Nested
    class Trusted_proxies {
        @ParameterizedTest
        @ValueSource(strings = {"10.0.0.0/8,192.0.2.7,2001:db8::/32", "  10.0.0.0/8 ,\t192.0.2.7 ,\n2001:db8:0::0/32 "})
        void are_separated_by_commas_with_or_without_white_space(String list) {
            assertThat(with("PARTNER_API_TRUSTED_PROXIES", list).trustedProxies())
                    .extracting(AddressRange::toString)
                    .containsExactly("10.0.0.0/8", "192.0.2.7", "2001:db8::/32");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "proxy.example             | 1",
                    "10.0.0.0/8 192.0.2.7      | 1",
                    "10.0.0.0/8;192.0.2.7      | 1",
                    "10.0.0.0/33               | 1",
                    "10.0.0.0/8, 192.0.2       | 2",
                    "10.0.0.0/8,               | 2",
                    ",10.0.0.0/8               | 1",
                    "10.0.0.0/8,,192.0.2.7     | 2",
                    "::1, ::2, fe80::1%eth0    | 3",
                })
        void are_refused_as_a_whole_when_one_is_wrong_and_that_one_is_named(String list, int wrong) {
            assertThat(fault(Map.of("PARTNER_API_TRUSTED_PROXIES", list)))
                    .isEqualTo(
                            "PARTNER_API_TRUSTED_PROXIES must be addresses or CIDR ranges separated by commas; number %d is wrong: an address or CIDR range is expected, for example 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32."
                                    .formatted(wrong));
        }

        @ParameterizedTest
        @ValueSource(strings = {"0.0.0.0/0", "10.0.0.0/8,::/0"})
        void may_not_be_all_addresses(String list) {
            assertThat(fault(Map.of("PARTNER_API_TRUSTED_PROXIES", list)))
                    .endsWith("it contains every address, so any client could claim any address.");
        }

        @Test
        void with_host_bits_set_are_refused_with_the_range_to_write() {
            assertThat(fault(Map.of("PARTNER_API_TRUSTED_PROXIES", "192.0.2.7, 10.0.0.5/8")))
                    .isEqualTo(
                            "PARTNER_API_TRUSTED_PROXIES must be addresses or CIDR ranges separated by commas; number 2 is wrong: a range begins with its first address: write 10.0.0.0/8, or 10.0.0.5 alone.");
        }
    }

    @Nested
    class Wrong {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "PARTNER_API_PORT                 | 65536      | must be a port number from 0 to 65535, for example 8080",
                    "PARTNER_API_PORT                 | -1         | must be a port number from 0 to 65535, for example 8080",
                    "PARTNER_API_PORT                 | 80a        | must be a port number from 0 to 65535, for example 8080",
                    "PARTNER_API_PORT                 | 99999999999| must be a port number from 0 to 65535, for example 8080",
                    "PARTNER_API_MANAGEMENT_PORT      | http       | must be a port number from 0 to 65535, for example 8080",
                    "PARTNER_API_LOG                  | yaml       | must be text or json",
                    "PARTNER_API_LOG                  | JSON       | must be text or json",
                    "PARTNER_API_RISK_LOSING_CONTACTS | yes        | must be true or false",
                    "PARTNER_API_RISK_LOSING_CONTACTS | 1          | must be true or false",
                    "PARTNER_API_DATABASE_URL         | mysql://h/d| must begin with postgresql://, as in postgresql://user:password@host:5432/database",
                })
        void each_setting_says_what_it_must_be(String name, String value, String sentence) {
            assertThat(fault(Map.of(name, value))).isEqualTo(name + " " + sentence + ".");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://127.0.0.1",
                    "127.0.0.1:8080",
                    "localhost:8080",
                    "[::1]:8080",
                    "[::1",
                    "::1]",
                    "[localhost]",
                    "[]",
                    "1.2.3.256",
                    "1:2:3",
                    "fe80::1%",
                    "%eth0",
                    "two words",
                    "a/b",
                    "*",
                })
        void a_host_is_an_address_or_a_name_and_nothing_else(String value) {
            for (var name : List.of("PARTNER_API_HOST", "PARTNER_API_MANAGEMENT_HOST")) {
                assertThat(fault(Map.of(name, value)))
                        .isEqualTo(
                                name
                                        + " must be an address or a host name, without a scheme and a port, for example 127.0.0.1, ::1 or api.example.com.");
            }
        }

        @Test
        void a_directory_that_cannot_be_a_path_is_refused() {
            assertThat(fault(Map.of("PARTNER_API_DATA_DIR", "da\0ta")))
                    .isEqualTo("PARTNER_API_DATA_DIR must be the path of a directory, for example ./data.");
        }

        @Test
        void all_wrong_settings_are_reported_at_once_one_a_line() {
            var all = Map.of(
                    "PARTNER_API_PORT", "x",
                    "PARTNER_API_TRUSTED_PROXIES", "t",
                    "PARTNER_API_MANAGEMENT_PORT", "y",
                    "PARTNER_API_DATABASE_URL", "z",
                    "PARTNER_API_DATA_DIR", "\0",
                    "PARTNER_API_LOG", "v",
                    "PARTNER_API_RISK_LOSING_CONTACTS", "w");

            assertThat(fault(all).lines().map(line -> line.split(" ", 2)[0]))
                    .containsExactly(
                            "PARTNER_API_PORT",
                            "PARTNER_API_TRUSTED_PROXIES",
                            "PARTNER_API_MANAGEMENT_PORT",
                            "PARTNER_API_DATABASE_URL",
                            "PARTNER_API_DATA_DIR",
                            "PARTNER_API_LOG",
                            "PARTNER_API_RISK_LOSING_CONTACTS");
            assertThat(fault(all).lines()).allMatch(line -> line.endsWith("."));
        }

        @Test
        void correct_settings_are_not_reported() {
            assertThat(fault(Map.of("PARTNER_API_PORT", "8080", "PARTNER_API_LOG", "loud")))
                    .isEqualTo("PARTNER_API_LOG must be text or json.");
        }
    }

    @Nested
    class Variables_that_are_no_settings {
        @ParameterizedTest
        @CsvSource({
            "PARTNER_API_PORT,                      tcp://10.0.0.1:8080",
            "PARTNER_API_MANAGEMENT_PORT,           udp://[2001:db8::1]:8081",
            "PARTNER_API_DATABASE_PORT,             tcp://10.0.0.1:5432",
            "PARTNER_API_SERVICE_HOST,              10.0.0.1",
            "PARTNER_API_SERVICE_PORT,              8080",
            "PARTNER_API_SERVICE_PORT_HTTP_API,     8080",
            "PARTNER_API_MANAGEMENT_SERVICE_HOST,   10.0.0.1",
            "PARTNER_API_PORT_8080_TCP,             tcp://10.0.0.1:8080",
            "PARTNER_API_PORT_8080_TCP_PROTO,       tcp",
            "PARTNER_API_PORT_8080_UDP_PORT,        8080",
            "PARTNER_API_PORT_8080_TCP_ADDR,        10.0.0.1",
        })
        void are_passed_over_when_kubernetes_sets_them_for_a_service(String variable, String value) {
            var environment = Map.of(variable, value);

            assertThat(read(environment)).isEqualTo(read(Map.of()));
            assertThat(Setting.injected(environment)).containsExactly(variable);
            assertThat(Setting.unknown(environment)).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "PARTNER_API_DATABSE_URL,   PARTNER_API_DATABASE_URL",
            "PARTNER_API_DATABASE,      PARTNER_API_DATABASE_URL",
            "PARTNER_API_LOG_FORMAT,    PARTNER_API_LOG",
            "PARTNER_API_PROT,          PARTNER_API_PORT",
            "PARTNER_API_host,          PARTNER_API_HOST",
            "PARTNER_API_COLOUR,        ",
            "PARTNER_API_,              ",
        })
        void are_reported_with_the_nearest_known_setting(String variable, String nearest) {
            assertThat(Setting.unknown(Map.of(variable, "tcp://x"))).containsExactly(variable);
            assertThat(Setting.nearest(variable).map(Setting::variable)).isEqualTo(Optional.ofNullable(nearest));
        }

        @Test
        void do_not_include_those_of_other_programs() {
            var environment = Map.of("PARTNER_PORT", "tcp://10.0.0.1:1", "MY_PARTNER_API_PORT", "1", "PATH", "/bin");

            assertThat(Setting.unknown(environment)).isEmpty();
            assertThat(Setting.injected(environment)).isEmpty();
        }
    }

    @Nested
    class Passwords {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "mysql://api:%s@host/db",
                    "postgresql://api:%s@host:x/db",
                    "postgresql://api:%s@/db",
                    "postgresql://:%s@host/db",
                    "postgresql://api:%s@host/db?sslmode=maybe",
                    "postgresql://api:%s@host/db?token=1",
                    "postgresql://host/db?password=%s",
                    "postgresql://api:%s/x@host/db",
                })
        void are_never_in_the_refusal_of_a_wrong_url(String form) {
            var environment = Map.of("PARTNER_API_DATABASE_URL", form.formatted(PASSWORD));

            assertThatThrownBy(() -> read(environment))
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasNoCause()
                    .satisfies(fault -> assertThat(fault.getMessage()).doesNotContain("hunter2", "secret", "%2F"));
        }

        @Test
        void are_never_in_the_settings_as_text() {
            var settings = with("PARTNER_API_DATABASE_URL", "postgresql://api:" + PASSWORD + "@host/db");

            assertThat(settings.toString()).contains("host:5432/db").doesNotContain("hunter2", "secret", "api:");
        }
    }
}
