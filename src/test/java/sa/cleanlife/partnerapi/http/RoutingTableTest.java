package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pattern matches a path. */
class RoutingTableTest {
    private static final List<String> PATTERNS = List.of(
            "/",
            "/v1/bookings",
            "/v1/bookings/{bookingId}",
            "/v1/bookings/lookup",
            "/v1/bookings/{bookingId}/cancel",
            "/v1/bookings/batch/{batchId}",
            "/v1/{resource}/{id}/history/{entry}",
            "/v1/contacts/{contactId}/addresses",
            "/v1/contacts/{contactId}/addresses/{addressId}");

    private static final RoutingTable TABLE = table();

    private static RoutingTable table() {
        var table = new RoutingTable();
        PATTERNS.forEach(pattern -> table.resource(pattern).add(route("GET", pattern)));
        return table;
    }

    private static Route route(String method, String pattern) {
        return new Route(HttpMethod.valueOf(method), pattern, request -> Future.failedFuture("never called"));
    }

    private static Optional<String> pattern(String path) {
        return TABLE.find(path).map(Resource::pattern);
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/v1/bookings, /v1/bookings",
        "/v1/bookings/7, /v1/bookings/{bookingId}",
        "/v1/bookings/lookups, /v1/bookings/{bookingId}",
        "/v1/bookings/lookup, /v1/bookings/lookup",
        "/v1/bookings/lookup/cancel, /v1/bookings/{bookingId}/cancel",
        "/v1/bookings/batch/7, /v1/bookings/batch/{batchId}",
        "/v1/bookings/batch/cancel, /v1/bookings/batch/{batchId}",
        "/v1/bookings/batch/history/7, /v1/{resource}/{id}/history/{entry}",
        "/v1/anything/%2F/history/x, /v1/{resource}/{id}/history/{entry}",
        "/v1/contacts/7/addresses/8, /v1/contacts/{contactId}/addresses/{addressId}"
    })
    void a_literal_is_preferred_to_a_parameter(String path, String pattern) {
        assertThat(pattern(path)).contains(pattern);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v1/bookings",
                "*",
                "//",
                "/v1",
                "/v1/",
                "/v1/bookings/",
                "/v1//7",
                "/v1/bookings//cancel",
                "/v1/bookings/7/cancel/",
                "/v1/bookings/7/cancelled",
                "/v1/contacts//addresses",
                "/v1/contacts/7/addresses/8/9",
                "/V1/bookings"
            })
    void any_other_path_has_none(String path) {
        assertThat(pattern(path)).isEmpty();
    }

    @Test
    void parameters_are_the_segments_in_their_places() {
        var path = "/v1/a/b%20c/history/d";

        assertThat(TABLE.find(path).orElseThrow().parameters(path))
                .isEqualTo(Map.of("resource", "a", "id", "b%20c", "entry", "d"));
    }

    @Test
    void every_resource_is_listed() {
        assertThat(TABLE.resources().map(Resource::pattern)).containsExactlyInAnyOrderElementsOf(PATTERNS);
    }

    @Test
    void one_path_has_one_pattern_and_each_method_once() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TABLE.resource("/v1/bookings/{id}").add(route("PATCH", "/v1/bookings/{id}")));
        assertThatIllegalStateException()
                .isThrownBy(() -> TABLE.resource("/v1/bookings").add(route("GET", "/v1/bookings")));
    }
}
