package sa.cleanlife.partnerapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sa.cleanlife.partnerapi.testing.RunningApi;

/** The URL that {@code serve} prints for each form of a listen address. */
class ServerUrlTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,                 http://127.0.0.1:80",
        "10.0.0.7,                  http://10.0.0.7:80",
        "api.example.com,           http://api.example.com:80",
        "::1,                       http://[::1]:80",
        "[::1],                     http://[::1]:80",
        "' [2001:db8::7] ',         http://[2001:db8::7]:80",
        "fe80::1%eth0,              http://[fe80::1%25eth0]:80",
        "[fe80::1%eth0.5],          http://[fe80::1%25eth0.5]:80",
        "::ffff:10.0.0.7,           http://[::ffff:10.0.0.7]:80",
        "0.0.0.0,                   http://127.0.0.1:80",
        "::,                        http://[::1]:80",
        "[::],                      http://[::1]:80",
        "0:0:0:0:0:0:0:0,           http://[::1]:80",
    })
    void is_one_that_a_client_on_this_machine_can_use(String host, String url) {
        var settings = RunningApi.settings(Map.of("PARTNER_API_HOST", host));

        assertThat(new ServerUrl(settings.host(), 80)).hasToString(url);
        assertThat(URI.create(url).getHost()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0, true", "::, true", "127.0.0.1, false", "::1, false", "localhost, false"})
    void says_whether_it_is_one_of_many(String host, boolean isOneOfMany) {
        assertThat(new ServerUrl(host, 80).others().isEmpty()).isEqualTo(!isOneOfMany);
    }
}
