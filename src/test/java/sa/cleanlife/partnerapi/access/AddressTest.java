package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** The address allow-list of a key, through the front door. The tests themselves connect from 127.0.0.1. */
class AddressTest {
    private static TestPartner partnerAllowed(RunningApi server, String... ranges) {
        return server.newPartner(KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ))
                .withAllowedAddresses(
                        Arrays.stream(ranges).map(AddressRange::parse).toList()));
    }

    private static void assertIsRefused(Answer answer) {
        assertThat(answer.error(403, "FORBIDDEN").get("message").asString())
                .isEqualTo("This API key may not be used from this address.");
    }

    private static void assertIsLetIn(Answer answer) {
        answer.error(404, "RESOURCE_NOT_FOUND");
    }

    /** Headers with which a caller claims another address, names and values alternating. */
    static final List<List<String>> CLAIMS = List.of(
            List.of("X-Forwarded-For", "192.0.2.1"),
            List.of("Forwarded", "for=192.0.2.1"),
            List.of("X-Forwarded-For", "192.0.2.1", "Forwarded", "for=192.0.2.1"),
            List.of("X-Real-IP", "192.0.2.1"),
            List.of("True-Client-IP", "192.0.2.1"),
            List.of("X-Forwarded-For", ""));

    @Nested
    class Where_no_proxy_is_trusted {
        private static final RunningApi SERVER = RunningApi.shared();
        private static final TestPartner HERE = partnerAllowed(SERVER, "127.0.0.1");
        private static final TestPartner ELSEWHERE = partnerAllowed(SERVER, "192.0.2.1");

        static final List<List<String>> CLAIMS = AddressTest.CLAIMS;

        @ParameterizedTest
        @CsvSource({"127.0.0.1, true", "127.0.0.0/8, true", "127.0.0.2, false", "::/0, false"})
        void the_caller_is_the_other_end_of_the_connection(String range, boolean isLetIn) {
            var answer = partnerAllowed(SERVER, range).call();

            if (isLetIn) {
                assertIsLetIn(answer);
            } else {
                assertIsRefused(answer);
            }
        }

        @Test
        void any_address_on_the_list_will_do() {
            assertIsLetIn(partnerAllowed(SERVER, "2001:db8::/32", "192.0.2.1", "127.0.0.0/8")
                    .call());
        }

        @ParameterizedTest
        @FieldSource("CLAIMS")
        void nothing_that_a_caller_claims_lets_it_in(List<String> headers) {
            assertIsRefused(ELSEWHERE.call(headers.toArray(String[]::new)));
        }

        @ParameterizedTest
        @FieldSource("CLAIMS")
        void nothing_that_a_caller_claims_keeps_it_out(List<String> headers) {
            assertIsLetIn(HERE.call(headers.toArray(String[]::new)));
        }
    }

    @Nested
    class Behind_a_trusted_proxy {
        private static RunningApi server;
        private static TestPartner hotel;
        private static TestPartner anywhere;

        @BeforeAll
        static void start() {
            server = RunningApi.start(
                    TestPostgres.newDatabase(), Map.of("PARTNER_API_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8"));
            hotel = partnerAllowed(server, "203.0.113.7", "2001:db8:1::/48");
            anywhere = server.newPartner();
        }

        @AfterAll
        static void stop() {
            server.close();
        }

        /** One of each kind, here and below; {@code TrustedProxiesTest} has them all. */
        static final List<List<String>> FROM_THE_HOTEL = List.of(
                List.of("X-Forwarded-For", "203.0.113.7"),
                List.of("x-forwarded-for", "[2001:DB8:1:0::9]:443"),
                // Entries before the first trusted proxy's own are ignored.
                List.of("X-Forwarded-For", "unknown, <script>, , 203.0.113.7"),
                // Chains of trusted proxies, in one header line and in several.
                List.of("X-Forwarded-For", "203.0.113.7, 10.0.0.5"),
                List.of("X-Forwarded-For", "203.0.113.7", "X-Forwarded-For", "10.0.0.5"),
                List.of("Forwarded", "for=198.51.100.1, for=\"[2001:db8:1::9]:443\", for=10.0.0.5"),
                List.of("X-Forwarded-For", "203.0.113.7", "Forwarded", "for=203.0.113.7"));

        @ParameterizedTest
        @FieldSource("FROM_THE_HOTEL")
        void the_caller_is_the_right_most_untrusted_hop(List<String> headers) {
            assertIsLetIn(hotel.call(headers.toArray(String[]::new)));
        }

        static final List<List<String>> FROM_ELSEWHERE = List.of(
                // Spoofed: the hotel's address is to the left of the caller's own.
                List.of("X-Forwarded-For", "203.0.113.7, 198.51.100.1, 10.0.0.5"),
                List.of("X-Forwarded-For", "203.0.113.7", "X-Forwarded-For", "198.51.100.1"),
                List.of("Forwarded", "for=203.0.113.7, for=198.51.100.1"),
                List.of("X-Real-IP", "203.0.113.7"),
                // The two headers disagree, and it is unknown which of them the proxy wrote.
                List.of("X-Forwarded-For", "203.0.113.7", "Forwarded", "for=198.51.100.1"),
                // Only a proxy's address.
                List.of("X-Forwarded-For", "10.0.0.5"));

        @ParameterizedTest
        @FieldSource("FROM_ELSEWHERE")
        void a_caller_from_elsewhere_is_refused(List<String> headers) {
            assertIsRefused(hotel.call(headers.toArray(String[]::new)));
        }

        static final List<String> MALFORMED =
                List.of("", "203.0.113.7,", "203.0.113.7, unknown, 10.0.0.5", "203.0.113", "1,".repeat(4_000));

        @ParameterizedTest
        @FieldSource("MALFORMED")
        void a_caller_of_unknown_address_is_refused(String header) {
            assertIsRefused(hotel.call("X-Forwarded-For", header));
        }

        static final List<String> MALFORMED_FORWARDED = List.of("", "for=unknown", "for=\"203.0.113.7");

        @ParameterizedTest
        @FieldSource("MALFORMED_FORWARDED")
        void a_malformed_forwarded_is_refused_too(String header) {
            assertIsRefused(hotel.call("Forwarded", header));
        }

        @Test
        void the_proxy_itself_is_no_caller_on_the_list() {
            assertIsRefused(hotel.call());
        }

        @Test
        void the_proxy_itself_may_be_on_the_list() {
            assertIsLetIn(partnerAllowed(server, "127.0.0.1").call());
        }

        @Test
        void a_key_without_a_list_is_let_in_whatever_the_headers_say() {
            assertIsLetIn(anywhere.call());
            for (var claims : List.of(FROM_THE_HOTEL, FROM_ELSEWHERE, CLAIMS)) {
                claims.forEach(headers -> assertIsLetIn(anywhere.call(headers.toArray(String[]::new))));
            }
            MALFORMED.forEach(header -> assertIsLetIn(anywhere.call("X-Forwarded-For", header)));
            MALFORMED_FORWARDED.forEach(header -> assertIsLetIn(anywhere.call("Forwarded", header)));
        }
    }

    @Nested
    class Where_another_proxy_is_trusted {
        @Test
        void the_headers_of_any_other_peer_are_ignored() {
            try (var server = RunningApi.start(
                    TestPostgres.newDatabase(), Map.of("PARTNER_API_TRUSTED_PROXIES", "192.0.2.1, ::1"))) {
                var hotel = partnerAllowed(server, "203.0.113.7");

                assertIsRefused(hotel.call("X-Forwarded-For", "203.0.113.7"));
                assertIsRefused(hotel.call("X-Forwarded-For", "203.0.113.7, 192.0.2.1"));
                assertIsRefused(hotel.call("Forwarded", "for=203.0.113.7"));
            }
        }
    }

    /** On all addresses of the machine, IPv4 and IPv6. */
    @Nested
    class Over_ipv6 {
        @BeforeAll
        static void skip_where_there_is_none() {
            assumeTrue(canListenOn("::1"), "this machine has no IPv6; see the headers above");
        }

        private static boolean canListenOn(String address) {
            try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral(address))) {
                return socket.isBound();
            } catch (IOException noSuchAddress) {
                return false;
            }
        }

        private static Answer callOverIpv6(TestPartner partner, String... headers) {
            var uri = URI.create("http://[::1]:" + partner.server().port() + TestPartner.NO_CONTACT);
            var request = HttpRequest.newBuilder(uri).header("x-api-key", partner.key());
            return TestPartner.send(headers.length == 0 ? request : request.headers(headers));
        }

        @Test
        void the_caller_is_the_other_end_of_the_connection() {
            try (var server = RunningApi.start(TestPostgres.newDatabase(), Map.of("PARTNER_API_HOST", "::"))) {
                assertIsLetIn(callOverIpv6(partnerAllowed(server, "::1")));
                assertIsLetIn(callOverIpv6(partnerAllowed(server, "::/0")));
                assertIsRefused(callOverIpv6(partnerAllowed(server, "2001:db8::/32")));
                assertIsRefused(callOverIpv6(partnerAllowed(server, "127.0.0.1", "0.0.0.0/0")));
                assertIsRefused(callOverIpv6(partnerAllowed(server, "2001:db8::1"), "X-Forwarded-For", "2001:db8::1"));
                // Such a server sees an IPv4 caller at ::ffff:127.0.0.1.
                assertIsLetIn(partnerAllowed(server, "127.0.0.1").call());
                assertIsRefused(partnerAllowed(server, "::1").call());
            }
        }

        @Test
        void a_proxy_can_be_trusted() {
            try (var server = RunningApi.start(
                    TestPostgres.newDatabase(),
                    Map.of("PARTNER_API_HOST", "::1", "PARTNER_API_TRUSTED_PROXIES", "::1"))) {
                var hotel = partnerAllowed(server, "2001:db8:1::/48");

                assertIsLetIn(callOverIpv6(hotel, "X-Forwarded-For", "2001:db8:2::1, 2001:db8:1::1"));
                assertIsRefused(callOverIpv6(hotel, "X-Forwarded-For", "2001:db8:1::1, 2001:db8:2::1"));
                assertIsRefused(callOverIpv6(hotel));
            }
        }
    }
}
