package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;

/** When several things are wrong with a request, the response reports the first in the published order. */
class CheckOrderTest {
    /** The possible faults, in the published order. */
    enum Fault {
        KEY(401, "UNAUTHORIZED", "This API key was revoked"),
        ADDRESS(403, "FORBIDDEN", "This API key may not be used from this address"),
        RATE(429, "RATE_LIMIT_EXCEEDED", "Partner API rate limit exceeded"),
        DOMAIN(403, "INVALID_PARTNER_DOMAIN", "This request comes from a domain that is not registered"),
        PERMISSION(403, "FORBIDDEN", "This API key lacks the permission partner_contacts_read"),
        REQUEST(400, "VALIDATION_ERROR", "phone must be a string");

        private final int status;
        private final String code;
        private final String message;

        Fault(int status, String code, String message) {
            this.status = status;
            this.code = code;
            this.message = message;
        }

        void assertIsToldBy(Answer answer) {
            assertThat(answer.error(status, code).get("message").asString()).startsWith(message);
        }
    }

    private static final AddressRange ALLOWED_ADDRESS = AddressRange.parse("192.0.2.1");

    private static RunningApi server;

    /** The tests' own address is a trusted proxy, so that a header sets the caller's address. */
    @BeforeAll
    static void start() {
        server = RunningApi.start(TestPostgres.newDatabase(), Map.of("PARTNER_API_TRUSTED_PROXIES", "127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A partner with every kind of limit, which violates only those given as faults. */
    private static TestPartner partnerWith(Set<Fault> faults) {
        var permission =
                faults.contains(Fault.PERMISSION) ? Permission.PARTNER_BOOKINGS_READ : Permission.PARTNER_CONTACTS_READ;
        var rules = KeyRules.of(Set.of(permission))
                .withAllowedAddresses(List.of(ALLOWED_ADDRESS))
                .withRateLimit(Optional.of(faults.contains(Fault.RATE) ? 1 : 1_000));
        var partner = server.newPartner(rules, Domain.parse("shop.example", false));
        if (faults.contains(Fault.RATE)) {
            var useUp = call(partner, EnumSet.noneOf(Fault.class));
            assertThat(TestPartner.send(useUp).headers())
                    .hasEntrySatisfying("ratelimit", left -> assertThat(left).startsWith("\"default\";r=0;"));
        }
        if (faults.contains(Fault.KEY)) {
            server.administer(
                    (partners, keys) -> keys.revoke(partner.keyId().toString()).await());
            Waiting.until(partner::isRefused);
        }
        return partner;
    }

    private static HttpRequest.Builder call(TestPartner partner, Set<Fault> faults) {
        return partner.contactRequest(
                        faults.contains(Fault.REQUEST)
                                ? TestPartner.BAD_BODY
                                : TestPartner.contactJson(RunningApi.newPhone(), "Ahmed Ali"))
                .header("X-Forwarded-For", faults.contains(Fault.ADDRESS) ? "192.0.2.2" : "192.0.2.1")
                .header("Origin", faults.contains(Fault.DOMAIN) ? "https://stranger.example" : "https://shop.example");
    }

    private static Answer answerTo(Set<Fault> faults) {
        return TestPartner.send(call(partnerWith(faults), faults));
    }

    @Test
    void a_call_without_a_fault_is_served() {
        assertThat(answerTo(EnumSet.noneOf(Fault.class)).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void a_single_fault_is_reported(Fault fault) {
        fault.assertIsToldBy(answerTo(EnumSet.of(fault)));
    }

    static Stream<List<Fault>> pairs() {
        return Arrays.stream(Fault.values())
                .flatMap(first -> EnumSet.range(first, Fault.REQUEST).stream()
                        .filter(second -> second != first)
                        .map(second -> List.of(first, second)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void of_two_faults_the_earlier_is_reported(List<Fault> pair) {
        pair.getFirst().assertIsToldBy(answerTo(EnumSet.copyOf(pair)));
    }

    @Test
    void all_pairs_are_tried() {
        assertThat(pairs()).hasSize(15);
    }

    private static final String TOO_LARGE = "{\"name\":\"" + "x".repeat(70_000) + "\"}";

    /** Nothing of a request is read before its caller is authorized, whatever is wrong with it. */
    @Test
    void no_fault_of_a_request_comes_before_the_key_or_the_permission() {
        var hotel = RunningApi.shared().newPartner();
        var lacking = RunningApi.shared().newPartner(Set.of(Permission.PARTNER_BOOKINGS_READ));

        for (var body : List.of(TestPartner.BAD_BODY, "", TOO_LARGE)) {
            for (var key : List.of(TestPartner.UNKNOWN_KEY, "nonsense")) {
                hotel.withKey(key).postContact(body).error(401, "UNAUTHORIZED");
            }
            lacking.postContact(body).error(403, "FORBIDDEN");
        }
        hotel.withKey(TestPartner.UNKNOWN_KEY).getContact("no-uuid").error(401, "UNAUTHORIZED");
        hotel.withKey("nonsense").getContact("no-uuid").error(401, "UNAUTHORIZED");
        lacking.getContact("no-uuid").error(403, "FORBIDDEN");
        hotel.postContact("").error(400, "VALIDATION_ERROR");
        hotel.postContact(TOO_LARGE).error(413, "PAYLOAD_TOO_LARGE");
        hotel.getContact("no-uuid").error(400, "VALIDATION_ERROR");
    }
}
