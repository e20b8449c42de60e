package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** A server that cannot listen on its address says why, and what to do. */
class ListenerTest {
    @ParameterizedTest
    @ValueSource(strings = {"PARTNER_API_PORT", "PARTNER_API_MANAGEMENT_PORT"})
    void names_the_port_that_is_in_use(String setting) throws Exception {
        try (var taken = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();

            assertIsRefused(
                    Map.of(setting, Integer.toString(port)),
                    "Port %d of 127.0.0.1 is already in use by another program. Stop that program, or set %s to another port."
                            .formatted(port, setting));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PARTNER_API_HOST", "PARTNER_API_MANAGEMENT_HOST"})
    void names_the_address_that_the_machine_does_not_have(String setting) {
        assertIsRefused(
                Map.of(setting, "192.0.2.1"),
                "192.0.2.1 is not an address of this machine. Set %s to one that is, for example 127.0.0.1, or 0.0.0.0 for all."
                        .formatted(setting));
    }

    @Test
    void names_the_host_that_does_not_resolve() {
        assertIsRefused(
                Map.of("PARTNER_API_HOST", "no-such-host.invalid"),
                "No address is known for the host no-such-host.invalid. Set PARTNER_API_HOST to an address of this machine.");
    }

    private static void assertIsRefused(Map<String, String> environment, String sentence) {
        var all = new HashMap<>(environment);
        all.put("PARTNER_API_DATABASE_URL", TestPostgres.newDatabase());
        try (var server = new Server(RunningApi.settings(all), Clock.systemUTC())) {
            assertThatThrownBy(server::start)
                    .isInstanceOf(StartupException.class)
                    .hasMessage(sentence);
        }
    }
}
