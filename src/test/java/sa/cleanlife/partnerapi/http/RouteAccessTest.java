package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sa.cleanlife.partnerapi.access.AddressRange;
import sa.cleanlife.partnerapi.access.Domain;
import sa.cleanlife.partnerapi.access.Expiry;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;

/** No route is open to whom it should not be: every route is tried by everybody who is to be refused. */
class RouteAccessTest {
    /**
     * A request that is served to who may make it.
     *
     * @param permission that it needs
     * @param status of the answer to who has it
     */
    private record Example(Permission permission, int status, Function<TestPartner, HttpRequest.Builder> request) {}

    /** Who adds a route adds its row. */
    private static final Map<String, Example> EXAMPLES = Map.of(
            "POST /v1/partners/contacts",
            new Example(
                    Permission.PARTNER_CONTACTS_READ,
                    200,
                    partner -> partner.post(TestPartner.contactJson(RunningApi.newPhone(), "Ahmed Ali"))),
            "GET /v1/partners/contacts/{contactId}",
            new Example(
                    Permission.PARTNER_CONTACTS_READ,
                    404,
                    partner -> partner.get(TestPartner.CONTACTS + "/" + UUID.randomUUID())));

    enum Refused {
        WITHOUT_A_KEY(401, "UNAUTHORIZED"),
        WITH_A_MALFORMED_KEY(401, "UNAUTHORIZED"),
        WITH_AN_UNKNOWN_KEY(401, "UNAUTHORIZED"),
        WITH_A_REVOKED_KEY(401, "UNAUTHORIZED"),
        WITH_AN_EXPIRED_KEY(401, "UNAUTHORIZED"),
        OF_A_SUSPENDED_PARTNER(401, "UNAUTHORIZED"),
        AT_A_WRONG_ADDRESS(403, "FORBIDDEN"),
        OVER_THE_RATE_LIMIT(429, "RATE_LIMIT_EXCEEDED"),
        ON_A_PAGE_FROM_ELSEWHERE(403, "INVALID_PARTNER_DOMAIN"),
        WITHOUT_THE_PERMISSION(403, "FORBIDDEN");

        private final int status;
        private final String code;

        Refused(int status, String code) {
            this.status = status;
            this.code = code;
        }
    }

    private static final KeyRules EVERYTHING = KeyRules.of(EnumSet.allOf(Permission.class));
    private static final Map<Refused, TestPartner> PARTNERS = new EnumMap<>(Refused.class);

    private static RunningApi server;

    @BeforeAll
    static void start() {
        server = RunningApi.start(TestPostgres.newDatabase(), Clock.systemUTC());
        var hotel = server.newPartner();
        PARTNERS.put(Refused.WITHOUT_A_KEY, hotel);
        PARTNERS.put(Refused.WITH_A_MALFORMED_KEY, hotel.withKey(hotel.key() + "0"));
        PARTNERS.put(Refused.WITH_AN_UNKNOWN_KEY, hotel.withKey(TestPartner.UNKNOWN_KEY));
        PARTNERS.put(Refused.WITH_A_REVOKED_KEY, onceLetIn(server.newPartner()));
        PARTNERS.put(Refused.WITH_AN_EXPIRED_KEY, onceLetIn(server.newPartner()));
        PARTNERS.put(Refused.OF_A_SUSPENDED_PARTNER, onceLetIn(server.newPartner()));
        PARTNERS.put(
                Refused.AT_A_WRONG_ADDRESS,
                server.newPartner(EVERYTHING.withAllowedAddresses(List.of(AddressRange.parse("192.0.2.1")))));
        PARTNERS.put(
                Refused.OVER_THE_RATE_LIMIT, onceLetIn(server.newPartner(EVERYTHING.withRateLimit(Optional.of(1)))));
        PARTNERS.put(
                Refused.ON_A_PAGE_FROM_ELSEWHERE, server.newPartner(EVERYTHING, Domain.parse("shop.example", false)));
        endAccess();
        countWhatIsWritten();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static TestPartner onceLetIn(TestPartner partner) {
        assertThat(partner.isLetIn()).isTrue();
        return partner;
    }

    private static TestPartner partner(Refused refused) {
        return Optional.ofNullable(PARTNERS.get(refused)).orElseThrow();
    }

    private static void endAccess() {
        server.administer((partners, keys) -> {
            keys.revoke(partner(Refused.WITH_A_REVOKED_KEY).keyId().toString()).await();
            keys.update(
                            partner(Refused.WITH_AN_EXPIRED_KEY).keyId().toString(),
                            UnaryOperator.identity(),
                            Optional.of(Expiry.in(Duration.ofMillis(1))))
                    .await();
            return partners.suspend(partner(Refused.OF_A_SUSPENDED_PARTNER).name())
                    .await();
        });
        Waiting.until(partner(Refused.WITH_A_REVOKED_KEY)::isRefused);
        Waiting.until(partner(Refused.WITH_AN_EXPIRED_KEY)::isRefused);
        Waiting.until(partner(Refused.OF_A_SUSPENDED_PARTNER)::isRefused);
    }

    /** Of all tables, so that those of routes to come are among them; but for those that count the use of keys. */
    private static void countWhatIsWritten() {
        TestPostgres.execute(server.database(), """
                CREATE FUNCTION content() RETURNS bigint LANGUAGE plpgsql AS $$
                DECLARE
                    name text;
                    hash bigint;
                    hashes bigint := 0;
                BEGIN
                    FOR name IN SELECT tablename FROM pg_tables
                                 WHERE schemaname = 'public' AND tablename NOT IN ('api_key', 'key_day', 'new_contacts', 'rate_window')
                    LOOP
                        EXECUTE format(
                            'SELECT coalesce(hashtextextended(string_agg(r::text, chr(10) ORDER BY r::text), 0), 0) FROM %I AS r',
                            name) INTO hash;
                        hashes := hashes # hash;
                    END LOOP;
                    RETURN hashes;
                END;
                $$
                """);
    }

    private static long content() {
        return TestPostgres.queryNumber(server.database(), "SELECT content()");
    }

    @Test
    void every_route_of_the_api_has_a_row_here() {
        var routes = server.routes().stream().filter(route -> route.contains(" /v1/"));

        assertThat(routes).containsExactlyInAnyOrderElementsOf(EXAMPLES.keySet());
    }

    private static Example example(String route) {
        return Optional.ofNullable(EXAMPLES.get(route))
                .orElseThrow(() -> new AssertionError(route + " needs a row in RouteAccessTest.EXAMPLES"));
    }

    static List<String> routes() {
        return server.routes().stream().filter(route -> route.contains(" /v1/")).toList();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void a_route_needs_its_permission_and_no_other(String route) {
        var example = example(route);
        var partner = server.newPartner(EnumSet.of(example.permission()));

        assertThat(TestPartner.send(example.request().apply(partner)).status()).isEqualTo(example.status());
    }

    static Stream<Arguments> refusals() {
        return routes().stream()
                .flatMap(route -> Arrays.stream(Refused.values()).map(refused -> Arguments.of(route, refused)));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_route_is_closed_to(String route, Refused refused) {
        var example = example(route);
        var request = requestOf(refused, example);
        long before = content();

        var error = TestPartner.send(request).error(refused.status, refused.code);

        assertThat(content()).as("what is stored").isEqualTo(before);
        if (refused == Refused.WITHOUT_THE_PERMISSION) {
            assertThat(error.get("message").asString())
                    .contains(example.permission().code());
        }
    }

    private static HttpRequest.Builder requestOf(Refused refused, Example example) {
        if (refused == Refused.WITHOUT_THE_PERMISSION) {
            return example.request().apply(server.newPartner(EnumSet.complementOf(EnumSet.of(example.permission()))));
        }
        var request = example.request().apply(partner(refused));
        return switch (refused) {
            case WITHOUT_A_KEY -> withoutKey(request);
            case ON_A_PAGE_FROM_ELSEWHERE -> request.header("Origin", "https://elsewhere.example");
            case WITH_A_MALFORMED_KEY,
                    WITH_AN_UNKNOWN_KEY,
                    WITH_A_REVOKED_KEY,
                    WITH_AN_EXPIRED_KEY,
                    OF_A_SUSPENDED_PARTNER,
                    AT_A_WRONG_ADDRESS,
                    OVER_THE_RATE_LIMIT,
                    WITHOUT_THE_PERMISSION -> request;
        };
    }

    private static HttpRequest.Builder withoutKey(HttpRequest.Builder request) {
        return HttpRequest.newBuilder(request.build(), (name, value) -> !name.equalsIgnoreCase("x-api-key"));
    }

    @Test
    void what_is_stored_is_told_apart() {
        long before = content();

        server.newPartner().postContact(RunningApi.newPhone(), "Ahmed Ali");

        assertThat(content()).isNotEqualTo(before);
    }
}
