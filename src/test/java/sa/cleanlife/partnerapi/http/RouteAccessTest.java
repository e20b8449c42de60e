package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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
import sa.cleanlife.partnerapi.testing.OpenApi;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;

/**
 * Every operation of {@code openapi.yaml} is closed to every kind of unauthorized caller. Each is tried with the
 * permission and the first example in the document.
 */
class RouteAccessTest {
    private static HttpRequest.Builder request(String route, TestPartner partner) {
        var parts = route.split(" ", 2);
        // The ids do not exist: an authorized caller gets a 404.
        var request = partner.request(
                parts[1].replaceAll("\\{[^}]*}", UUID.randomUUID().toString()));
        return OpenApi.exampleBody(route)
                .map(body -> request.header("content-type", "application/json")
                        .method(parts[0], BodyPublishers.ofString(body.toString())))
                .orElseGet(() -> request.method(parts[0], BodyPublishers.noBody()));
    }

    private static Optional<Permission> permission(String route) {
        return OpenApi.permission(route).map(code -> Permission.ofCode(code).orElseThrow());
    }

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
                            Expiry.in(Duration.ofMillis(1)))
                    .await();
            return partners.suspend(partner(Refused.OF_A_SUSPENDED_PARTNER).name())
                    .await();
        });
        Waiting.until(partner(Refused.WITH_A_REVOKED_KEY)::isRefused);
        Waiting.until(partner(Refused.WITH_AN_EXPIRED_KEY)::isRefused);
        Waiting.until(partner(Refused.OF_A_SUSPENDED_PARTNER)::isRefused);
    }

    /** Counts the writes to all tables, so that those of future routes are included, except the tables of key use. */
    private static void countWhatIsWritten() {
        TestPostgres.execute(server.database(), """
                CREATE FUNCTION content() RETURNS bigint LANGUAGE plpgsql AS $$
                DECLARE
                    name text;
                    hash bigint;
                    hashes bigint := 0;
                BEGIN
                    FOR name IN SELECT tablename FROM pg_tables
                                 WHERE schemaname = 'public' AND tablename NOT IN ('key_use', 'key_day', 'new_contact_window', 'rate_window')
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

    static List<String> routes() {
        return server.routes().stream().filter(route -> route.contains(" /v1/")).toList();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void a_route_needs_its_permission_and_no_other(String route) {
        // A key needs at least one permission; where the route needs none, it gets an unrelated one.
        var partner = server.newPartner(EnumSet.of(permission(route).orElse(Permission.PARTNER_WEBHOOKS_MANAGE)));

        // The id in the path does not exist.
        int status = route.contains("{") ? 404 : 200;
        assertThat(TestPartner.send(request(route, partner)).status()).isEqualTo(status);
    }

    static Stream<Arguments> refusals() {
        return routes().stream()
                .flatMap(route -> Arrays.stream(Refused.values())
                        .filter(refused -> refused != Refused.WITHOUT_THE_PERMISSION
                                || permission(route).isPresent())
                        .map(refused -> Arguments.of(route, refused)));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_route_is_closed_to(String route, Refused refused) {
        var request = requestOf(refused, route);
        long before = content();

        var error = TestPartner.send(request).error(refused.status, refused.code);

        assertThat(content()).as("what is stored").isEqualTo(before);
        if (refused == Refused.WITHOUT_THE_PERMISSION) {
            assertThat(error.get("message").asString())
                    .contains(permission(route).orElseThrow().code());
        }
    }

    private static HttpRequest.Builder requestOf(Refused refused, String route) {
        return switch (refused) {
            case WITHOUT_A_KEY -> withoutKey(request(route, partner(refused)));
            case ON_A_PAGE_FROM_ELSEWHERE ->
                request(route, partner(refused)).header("Origin", "https://elsewhere.example");
            case WITHOUT_THE_PERMISSION ->
                request(
                        route,
                        server.newPartner(EnumSet.complementOf(
                                EnumSet.of(permission(route).orElseThrow()))));
            case WITH_A_MALFORMED_KEY,
                    WITH_AN_UNKNOWN_KEY,
                    WITH_A_REVOKED_KEY,
                    WITH_AN_EXPIRED_KEY,
                    OF_A_SUSPENDED_PARTNER,
                    AT_A_WRONG_ADDRESS,
                    OVER_THE_RATE_LIMIT -> request(route, partner(refused));
        };
    }

    private static HttpRequest.Builder withoutKey(HttpRequest.Builder request) {
        return HttpRequest.newBuilder(request.build(), (name, value) -> !name.equalsIgnoreCase("x-api-key"));
    }

    @Test
    void a_change_to_any_table_is_noticed() {
        long before = content();

        server.newPartner().postContact(RunningApi.newPhone(), "Ahmed Ali");

        assertThat(content()).isNotEqualTo(before);
    }
}
