package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestClock;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** {@code GET /v1/partners/me}, the first request of a newcomer. */
class MeTest {
    private static final String ME = "/v1/partners/me";

    private static final KeyRules ONE_PERMISSION = KeyRules.of(Set.of(Permission.PARTNER_WEBHOOKS_MANAGE));

    private final RunningApi server = RunningApi.shared();

    @Test
    void tells_the_partner_and_the_key_but_never_the_key_itself() {
        var hotel = server.newPartner(ONE_PERMISSION);

        var answer = hotel.get(ME);

        var me = answer.data();
        assertThat(me.at("/partner/name").asString()).isEqualTo(hotel.name());
        assertThat(me.get("environment").asString()).isEqualTo("live");
        assertThat(me.at("/key/id").asString()).isEqualTo(hotel.keyId().toString());
        assertThat(me.at("/key/prefix").asString() + "…"
                        + me.at("/key/lastFour").asString())
                .isEqualTo("pk_live_…" + hotel.key().substring(hotel.key().length() - 4));
        assertThat(me.at("/key/permissions").valueStream().map(each -> each.asString()))
                .containsExactly("partner_webhooks_manage");
        assertThat(answer.body()).doesNotContain(hotel.key());
    }

    @Test
    void shows_an_absent_limit_as_null() {
        var key = server.newPartner(ONE_PERMISSION).get(ME).data().get("key");

        assertThat(key.get("rateLimit").isNull()).isTrue();
        assertThat(key.get("newContactsPerDay").isNull()).isTrue();
        assertThat(key.get("expiresAt").isNull()).isTrue();
    }

    @Test
    void tells_the_limits_of_the_key() {
        var limited = ONE_PERMISSION.withRateLimit(Optional.of(600)).withNewContactsPerDay(Optional.of(500));

        var key = server.newPartner(limited).get(ME).data().get("key");

        assertThat(key.get("rateLimit").asInt()).isEqualTo(600);
        assertThat(key.get("newContactsPerDay").asInt()).isEqualTo(500);
    }

    @Test
    void tells_when_the_key_expires_in_the_time_of_riyadh() {
        var now = Instant.parse("2026-11-23T18:05:15Z");
        try (var standing = RunningApi.start(TestPostgres.newDatabase(), new TestClock(now))) {
            var expiring = standing.issue(standing.newPartner(), ONE_PERMISSION, Expiry.in(Duration.ofDays(90)));

            assertThat(expiring.get(ME).data().at("/key/expiresAt").asString()).isEqualTo("2027-02-21T21:05:15+03:00");
        }
    }

    @Test
    void tells_each_key_of_a_partner_about_itself() {
        var hotel = server.newPartner(ONE_PERMISSION);
        var other = server.issue(hotel, KeyRules.of(EnumSet.allOf(Permission.class)), Expiry.NEVER);

        assertThat(hotel.get(ME).data().get("partner"))
                .isEqualTo(other.get(ME).data().get("partner"));
        assertThat(other.get(ME).data().at("/key/id").asString())
                .isEqualTo(other.keyId().toString())
                .isNotEqualTo(hotel.keyId().toString());
    }
}
