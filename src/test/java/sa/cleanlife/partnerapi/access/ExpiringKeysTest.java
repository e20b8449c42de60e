package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestClock;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The warning of a key that is in use and expires soon. A node looks when it starts, and once a minute from then on. */
class ExpiringKeysTest {
    private static final KeyRules RULES = KeyRules.of(Set.of(Permission.PARTNER_CONTACTS_READ));
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final String MESSAGE = "API key in use expires within 14 days";
    private static final Pattern GAUGE = Pattern.compile("(?m)^keys_expiring ([0-9.]+)$");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String database = TestPostgres.newDatabase();
    private final TestClock clock = new TestClock(NOW);
    private final CapturedLog log = CapturedLog.open();
    private RunningApi server = RunningApi.start(database, clock);

    @BeforeEach
    void have_decoys() {
        used(Expiry.NEVER);
        issued(Expiry.in(Duration.ofHours(1)));
    }

    @AfterEach
    void stop() {
        log.close();
        server.close();
    }

    private TestPartner issued(Expiry expiry) {
        return server.issue(server.newPartner(), RULES, expiry);
    }

    private TestPartner used(Expiry expiry) {
        var partner = issued(expiry);
        assertThat(partner.isLetIn()).isTrue();
        return partner;
    }

    /** It writes which keys were used when it stops, and looks for those that expire when it starts. */
    private void restart() {
        server.close();
        server = RunningApi.start(database, clock);
    }

    private void passes(Duration time) {
        clock.moveTo(clock.instant().plus(time));
    }

    private static double gauge(RunningApi node) {
        try {
            var metrics = HTTP.send(
                            HttpRequest.newBuilder(node.managementUri("/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            var gauge = GAUGE.matcher(metrics);
            assertThat(gauge.find()).isTrue();
            return Double.parseDouble(gauge.group(1));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private List<JsonNode> warnings() {
        return log.json().stream()
                .map(line -> new JsonMapper().readTree(line))
                .filter(line -> line.get("message").asString().equals(MESSAGE))
                .toList();
    }

    private List<String> warnedOf() {
        return warnings().stream()
                .map(warning -> warning.get("keyId").asString())
                .toList();
    }

    /** Whether that many are counted; what falls to this node to say has been said by then. */
    private void assertExpiring(int keys) {
        Waiting.until(() -> gauge(server) == keys);
    }

    /** A key that is certain to be found, so that it shows when the node has looked. */
    private TestPartner marker() {
        return used(Expiry.in(Duration.ofDays(13)));
    }

    @Test
    void names_the_key_its_partner_and_when_it_expires_and_counts_the_keys() {
        var hotel = used(Expiry.in(Duration.ofDays(13)));
        var mall = used(Expiry.in(Duration.ofDays(2)));

        restart();

        assertExpiring(2);
        assertThat(warnedOf())
                .containsExactly(mall.keyId().toString(), hotel.keyId().toString());
        var warning = warnings().getLast();
        assertThat(warning.get("level").asString()).isEqualTo("WARN");
        assertThat(warning.get("partner").asString()).isEqualTo(hotel.name());
        assertThat(warning.get("expiresAt").asString()).isEqualTo("2026-12-06T10:00:00Z");
        assertThat(log.json().toString()).doesNotContain(hotel.key());
    }

    @Test
    void comes_from_fourteen_days_before_the_expiry_until_that() {
        var hotel = used(Expiry.at(NOW.plus(Duration.ofDays(14)).plusSeconds(1)));
        var early = marker();

        restart();
        assertExpiring(1);
        passes(Duration.ofSeconds(1));
        restart();
        assertExpiring(2);
        passes(Duration.ofDays(14));
        var late = marker();
        restart();
        assertExpiring(1);

        assertThat(warnedOf())
                .containsExactly(
                        early.keyId().toString(),
                        hotel.keyId().toString(),
                        late.keyId().toString());
    }

    @Test
    void is_given_once_a_day_by_one_node() {
        var hotel = used(Expiry.in(Duration.ofDays(10)));
        restart();
        assertExpiring(1);

        restart();
        try (var other = RunningApi.start(database, clock)) {
            assertExpiring(1);
            Waiting.until(() -> gauge(other) == 1);
        }
        passes(DAY.minusSeconds(1));
        restart();
        assertExpiring(1);
        assertThat(warnedOf()).containsExactly(hotel.keyId().toString());

        passes(Duration.ofSeconds(1));
        restart();
        assertExpiring(1);
        assertThat(warnedOf()).hasSize(2).containsOnly(hotel.keyId().toString());
    }

    @Test
    void is_not_given_of_a_key_that_was_not_used_for_thirty_days() {
        used(Expiry.in(Duration.ofDays(40)));
        restart();
        passes(Duration.ofDays(30));
        var marker = marker();

        restart();

        assertExpiring(1);
        assertThat(warnedOf()).containsExactly(marker.keyId().toString());
    }

    @Test
    void is_not_given_of_a_key_that_opens_nothing_any_more() {
        var revoked = used(Expiry.in(DAY));
        var suspended = used(Expiry.in(DAY));
        server.administer((partners, keys) -> {
            keys.revoke(revoked.keyId().toString()).await();
            return partners.suspend(suspended.name()).await();
        });
        var marker = marker();

        restart();

        assertExpiring(1);
        assertThat(warnedOf()).containsExactly(marker.keyId().toString());
    }

    @Test
    void is_given_of_a_rotated_key_until_its_successor_is_used() {
        var switched = used(Expiry.NEVER);
        var forgotten = used(Expiry.NEVER);
        assertThat(server.rotate(switched, Duration.ofDays(2)).isLetIn()).isTrue();
        server.rotate(forgotten, Duration.ofDays(2));

        restart();

        assertExpiring(1);
        assertThat(warnedOf()).containsExactly(forgotten.keyId().toString());
    }

    @Test
    void ends_with_a_later_expiry() {
        var hotel = used(Expiry.in(DAY));
        restart();
        assertExpiring(1);
        server.administer((partners, keys) -> keys.update(
                        hotel.keyId().toString(), UnaryOperator.identity(), Expiry.in(Duration.ofDays(90)))
                .await());
        passes(DAY);
        var marker = marker();

        restart();

        assertExpiring(1);
        assertThat(warnedOf())
                .containsExactly(hotel.keyId().toString(), marker.keyId().toString());
    }

    @Tag("slow")
    @Timeout(180)
    @Test
    void comes_within_two_minutes_while_the_server_runs() {
        var hotel = used(Expiry.in(DAY));

        assertThat(Waiting.within(Duration.ofSeconds(150), () -> gauge(server) == 1))
                .isTrue();

        assertThat(warnedOf()).containsExactly(hotel.keyId().toString());
    }
}
