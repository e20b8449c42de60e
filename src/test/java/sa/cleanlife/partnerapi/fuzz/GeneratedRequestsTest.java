package sa.cleanlife.partnerapi.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.access.AddressRange;
import sa.cleanlife.partnerapi.access.Domain;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.fuzz.Conversation.Kind;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.Waiting;
import sa.cleanlife.partnerapi.testing.WatchedLog;

/**
 * Valid, nearly valid and absurd requests, generated from {@code openapi.yaml}. {@code -Dopenapi.fuzz.seed=…} repeats a
 * run, {@code -Dopenapi.fuzz.requests=1000000} sends more requests, and {@code -Dopenapi.fuzz.only=…} with the seed
 * repeats one conversation.
 */
class GeneratedRequestsTest {
    private static final ApiDescription API = new ApiDescription();

    /** The whole number in a property, or the default. */
    private static long number(String property, String text, long otherwise) {
        try {
            return text.isEmpty() ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s must be a whole number, such as -D%s=100000".formatted(property, property));
        }
    }

    private static long number(String property, long otherwise) {
        return number(property, System.getProperty(property, ""), otherwise);
    }

    @Nested
    class The_server {
        /**
         * Printed and searched for in log lines: a run of digits as long as a phone's. Ids have letters or hyphens
         * beside theirs.
         */
        private static final Pattern DIGITS = Pattern.compile("(?<![0-9A-Za-z-])[0-9]{9,}(?![0-9A-Za-z-])");

        @Test
        void responds_as_described_in_time_and_stores_exactly_what_it_acknowledged() throws Exception {
            var seed = number("openapi.fuzz.seed", new SplittableRandom().nextLong());
            var only = number("openapi.fuzz.only", -1);
            var first = Math.max(0, only);
            var requests = only < 0 ? number("openapi.fuzz.requests", 5_000) : 1;
            System.out.printf("openapi.fuzz.seed=%d openapi.fuzz.requests=%d%n", seed, requests);

            try (var server = RunningApi.startOnForgetfulDatabase()) {
                var keys = keys(server);
                // A new key is looked up when it is first used; a new domain applies within a second.
                Waiting.until(() -> TestPartner.send(server.preflight(TestPartner.CONTACTS, "https://" + Keys.PAGE))
                                .status()
                        == 204);
                var traffic = new GeneratedTraffic(server, new Conversations(API, keys, seed), first, requests);
                long lines;
                List<String> forbidden;
                var began = System.nanoTime();
                try (var log = WatchedLog.open(line -> tells(line, keys))) {
                    traffic.run();
                    lines = log.count();
                    forbidden = List.copyOf(log.forbidden());
                }
                var took = Duration.ofNanos(System.nanoTime() - began);
                var stored = stored(server);
                print(traffic, stored, took, lines);

                assertThat(traffic.faults())
                        .as("with -Dopenapi.fuzz.seed=" + seed)
                        .isEmpty();
                assertThat(forbidden)
                        .as("log lines that contain a phone, a name or a key")
                        .isEmpty();
                assertThatNothingElseIsStored(traffic, stored);
                if (only < 0) {
                    assertThatAllWasTried(traffic);
                    assertThat(lines).isGreaterThan(requests / 2);
                }
            }
        }

        private static Keys keys(RunningApi server) {
            var all = Set.of(Permission.values());
            return new Keys(
                    server.newPartner().key(),
                    server.newPartner(Set.of(Permission.PARTNER_BOOKINGS_READ)).key(),
                    server.newPartner(KeyRules.of(all)
                                    .withAllowedAddresses(List.of(AddressRange.parse("203.0.113.0/24"))))
                            .key(),
                    server.newPartner(KeyRules.of(all), Domain.parse(Keys.PAGE, false))
                            .key(),
                    server.newPartner(KeyRules.of(all).withRateLimit(Optional.of(10)))
                            .key(),
                    server.newPartner(KeyRules.of(all).withNewContactsPerDay(Optional.of(10)))
                            .key(),
                    TestPartner.UNKNOWN_KEY);
        }

        private static boolean tells(String line, Keys keys) {
            return line.contains(Names.MARK)
                    || DIGITS.matcher(line).find()
                    || keys.all().stream().anyMatch(line::contains);
        }

        private static Map<String, AnswerOracle.Acknowledged> stored(RunningApi server) throws SQLException {
            var stored = new TreeMap<String, AnswerOracle.Acknowledged>();
            try (var connection = TestPostgres.connect(server.database());
                    var query = connection.createStatement();
                    var rows = query.executeQuery("SELECT phone, id, name FROM contact")) {
                while (rows.next()) {
                    stored.put(
                            rows.getString("phone"),
                            new AnswerOracle.Acknowledged(rows.getString("id"), rows.getString("name")));
                }
            }
            return stored;
        }

        private static void print(
                GeneratedTraffic traffic, Map<String, AnswerOracle.Acknowledged> stored, Duration took, long lines) {
            var requests = traffic.requestsByKind().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            System.out.printf(
                    "%,d requests in %.1f s, %,d contacts stored, %,d log lines, slowest answer %d ms%n",
                    requests,
                    took.toMillis() / 1000.0,
                    stored.size(),
                    lines,
                    traffic.slowest().toMillis());
            System.out.println("by kind: " + traffic.requestsByKind());
            System.out.println("by status: " + traffic.answersByStatus());
            System.out.println("responses not awaited, to bytes of unknown meaning: "
                    + traffic.lostAnswers().size());
        }

        /**
         * Each request has a phone of its own, so a row whose phone was never in a response belongs to a rejected
         * request.
         */
        private static void assertThatNothingElseIsStored(
                GeneratedTraffic traffic, Map<String, AnswerOracle.Acknowledged> stored) {
            var notAnswered = new TreeMap<>(stored);
            notAnswered.keySet().removeAll(traffic.acknowledged().keySet());
            notAnswered.keySet().removeAll(traffic.lostAnswers());
            assertThat(notAnswered).as("rows of rejected requests").isEmpty();
            traffic.acknowledged().forEach((phone, told) -> assertThat(stored).containsEntry(phone, told));
        }

        private static void assertThatAllWasTried(GeneratedTraffic traffic) {
            assertThat(traffic.requestsByKind())
                    .containsOnlyKeys(Kind.values())
                    .allSatisfy(
                            (kind, count) -> assertThat(count).as("%s", kind).isPositive());
            assertThat(traffic.answersByStatus().keySet()).contains(100, 200, 204, 400, 401, 403, 404, 405, 413, 429);
        }
    }

    @Nested
    class The_generator {
        private static final Keys KEYS = keysOf("k".repeat(40));

        private static Keys keysOf(String key) {
            return new Keys(key, key, key, key, key, key, key);
        }

        private static List<?> conversations(long seed) {
            var drawn = new Conversations(API, KEYS, seed);
            return LongStream.range(0, 2_000).mapToObj(drawn::conversation).toList();
        }

        @Test
        void generates_the_same_requests_for_the_same_seed_and_others_for_another() {
            assertThat(conversations(7)).isEqualTo(conversations(7)).isNotEqualTo(conversations(8));
        }

        @Test
        void draws_every_kind() {
            var drawn = new Conversations(API, KEYS, 7);

            assertThat(LongStream.range(0, 5_000)
                            .mapToObj(number -> drawn.conversation(number).kind()))
                    .contains(Kind.values());
        }
    }

    @Nested
    class An_invalid_number {
        @ParameterizedTest
        @ValueSource(strings = {"x", "1.5", "1,000", "99999999999999999999"})
        void is_rejected_in_one_sentence(String text) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> number("openapi.fuzz.seed", text, 0))
                    .withMessage("openapi.fuzz.seed must be a whole number, such as -Dopenapi.fuzz.seed=100000");
        }
    }
}
