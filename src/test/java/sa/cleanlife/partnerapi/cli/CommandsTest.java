package sa.cleanlife.partnerapi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;
import sa.cleanlife.partnerapi.TestPostgres;
import sa.cleanlife.partnerapi.access.Permission;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator types, in processes of their own as the launcher starts them, and what they get for it. */
class CommandsTest {
    private static final String ARABIC = "فندق الرياض";

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void be_in_a_place_of_its_own() {
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("PARTNER_API_DATA_DIR", directory.resolve("data").toString());
    }

    private record Run(int exitCode, String out, String err) {
        JsonNode json() {
            assertThat(exitCode).as(err).isZero();
            assertThat(out).as("one line of JSON").hasLineCount(1).endsWith("\n");
            return new JsonMapper().readTree(out);
        }

        String table() {
            assertThat(exitCode).as(err).isZero();
            return out;
        }

        /** The one sentence for what was typed and cannot be done. */
        String refusal() {
            return sentence(2);
        }

        String sentence(int expectedExitCode) {
            assertThat(exitCode).as(out + err).isEqualTo(expectedExitCode);
            assertThat(out).isEmpty();
            assertThat(err).hasLineCount(1).doesNotContain("\tat ", "Exception:");
            return err.strip();
        }
    }

    private Run run(String... arguments) {
        try {
            var out = directory.resolve("out");
            var err = directory.resolve("err");
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Dstdout.encoding=UTF-8",
                    "-Dstderr.encoding=UTF-8",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName()));
            command.addAll(List.of(arguments));
            var builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            int exitCode = builder.start().waitFor();
            return new Run(exitCode, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Stream<String> fields(JsonNode object) {
        return object.propertyNames().stream();
    }

    @Nested
    class On_a_database_of_the_operators_own {
        private String database;

        @BeforeEach
        void use_a_new_database() {
            database = TestPostgres.newDatabase();
            environment.put("PARTNER_API_DATABASE_URL", database);
        }

        private long count(String table) {
            return TestPostgres.queryNumber(database, "SELECT count(*) FROM " + table);
        }

        @Test
        void partners_are_added_listed_suspended_and_activated() {
            assertThat(run("partner", "list").table())
                    .isEqualTo("There is no partner yet; \"partner add NAME\" adds one.\n");

            var added = run("partner", "add", ARABIC, "--json");
            assertThat(added.err()).isEmpty();
            assertThat(fields(added.json())).containsExactly("id", "name", "status", "createdAt");
            assertThat(added.json().get("name").asString()).isEqualTo(ARABIC);
            assertThat(added.json().get("status").asString()).isEqualTo("ACTIVE");

            var suspended = run("partner", "suspend", "--json", ARABIC).json();
            assertThat(suspended.get("status").asString()).isEqualTo("SUSPENDED");
            assertThat(suspended.get("id")).isEqualTo(added.json().get("id"));

            assertThat(run("partner", "activate", ARABIC).table())
                    .contains("name       " + ARABIC + "\n", "status     ACTIVE\n");

            var listed = run("partner", "list", "--json").json();
            assertThat(listed.isArray()).isTrue();
            assertThat(listed).hasSize(1);
            assertThat(listed.get(0)).isEqualTo(added.json());

            assertThat(run("partner", "add", ARABIC).refusal())
                    .isEqualTo("There is a partner named " + ARABIC + " already.");
            assertThat(count("partner")).isEqualTo(1);
        }

        @Test
        void keys_are_issued_shown_once_listed_and_revoked() {
            run("partner", "add", "hotel").table();
            var before = Instant.now();
            var issued = run(
                            "key",
                            "issue",
                            "--partner",
                            "hotel",
                            "--permission",
                            "partner_bookings_read",
                            "--permission",
                            "partner_contacts_read",
                            "--live",
                            "--expires",
                            "90d",
                            "--json")
                    .json();
            assertThat(fields(issued)).containsExactly("id", "partner", "key", "permissions", "createdAt", "expiresAt");
            assertThat(issued.get("partner").asString()).isEqualTo("hotel");
            assertThat(issued.get("key").asString()).matches("pk_live_[0-9A-Za-z]{32}");
            assertThat(issued.get("permissions").valueStream().map(JsonNode::asString))
                    .containsExactlyInAnyOrder("partner_contacts_read", "partner_bookings_read");
            assertThat(Duration.between(
                            before, Instant.parse(issued.get("expiresAt").asString())))
                    .isBetween(Duration.ofDays(90), Duration.ofDays(90).plusMinutes(1));

            var forPeople = run("key", "issue", "--partner", "hotel", "--permission", "partner_contacts_read")
                    .table();
            assertThat(forPeople)
                    .containsPattern("(?m)^key          pk_sandbox_[0-9A-Za-z]{32}$")
                    .containsPattern("(?m)^expiresAt    -$");

            var listed = run("key", "list", "--json", "--partner", "hotel");
            assertThat(listed.json())
                    .hasSize(2)
                    .allSatisfy(key -> assertThat(fields(key))
                            .containsExactly(
                                    "id",
                                    "partner",
                                    "prefix",
                                    "lastFour",
                                    "createdAt",
                                    "expiresAt",
                                    "revokedAt",
                                    "permissions"));
            for (var field : List.of("id", "partner", "permissions", "createdAt", "expiresAt")) {
                assertThat(listed.json().get(0).get(field)).as(field).isEqualTo(issued.get(field));
            }

            var id = issued.get("id").asString();
            var revoked = run("key", "revoke", id, "--json").json();
            assertThat(revoked.get("revokedAt").isString()).isTrue();
            assertThat(run("key", "revoke", id, "--json").json())
                    .as("the time of the first")
                    .isEqualTo(revoked);

            var table = run("key", "list");
            assertThat(table.table().lines())
                    .hasSize(3)
                    .first()
                    .asString()
                    .containsPattern("id +partner +prefix +lastFour +createdAt +expiresAt +revokedAt +permissions");
            for (var shown : List.of(listed.out(), table.out(), listed.err(), table.err())) {
                assertThat(shown).doesNotContain(secretOf(issued.get("key").asString()));
            }
        }

        private static String secretOf(String key) {
            return key.substring(key.lastIndexOf('_') + 1, key.length() - 4);
        }

        @Test
        void unknown_names_and_ids_are_answered_with_the_known_ones_and_nothing_is_done() {
            assertThat(run("partner", "suspend", "nobody").refusal())
                    .isEqualTo(
                            "There is no partner named nobody; there is none yet, and \"partner add NAME\" adds one.");
            var id = "1f0c9d8e-0000-4000-8000-000000000000";
            TestPostgres.execute(database, """
                    INSERT INTO partner (id, name, status, created_at)
                    SELECT gen_random_uuid(), name, 'ACTIVE', now() FROM unnest('{one,two}'::text[]) AS name;
                    INSERT INTO api_key (id, partner_id, hash, prefix, last_four, permissions, created_at)
                    SELECT '%s', id, sha256('x'), 'pk_live_', 'abcd', '{partner_contacts_read}', now()
                      FROM partner WHERE name = 'one'
                    """.formatted(id));
            var version = TestPostgres.queryNumber(database, "SELECT hashtext(version::text) FROM access_version");

            assertThat(run("key", "issue", "--partner", "three", "--permission", "partner_contacts_read")
                            .refusal())
                    .isEqualTo("There is no partner named three; there are: one, two.");
            assertThat(run("key", "list", "--partner", "ONE").refusal())
                    .isEqualTo("There is no partner named ONE; there are: one, two.");
            assertThat(run("key", "revoke", "8c5a2f3e-0000-4000-8000-000000000000")
                            .refusal())
                    .isEqualTo(
                            "There is no key with the id 8c5a2f3e-0000-4000-8000-000000000000; there are: " + id + ".");
            assertThat(run("partner", "add", " ").refusal()).startsWith("A partner's name has 1 to 100 characters");

            assertThat(count("partner")).isEqualTo(2);
            assertThat(count("api_key")).isEqualTo(1);
            assertThat(count("api_key WHERE revoked_at IS NOT NULL")).isZero();
            assertThat(count("partner WHERE status <> 'ACTIVE'")).isZero();
            assertThat(TestPostgres.queryNumber(database, "SELECT hashtext(version::text) FROM access_version"))
                    .isEqualTo(version);
        }
    }

    @Nested
    class On_the_embedded_database {
        @Test
        void commands_work_while_no_server_runs() {
            var added = run("partner", "add", ARABIC, "--json").json();
            var issued = run("key", "issue", "--partner", ARABIC, "--permission", "partner_contacts_read", "--json")
                    .json();
            var listed = run("key", "list", "--json").json();

            assertThat(added.get("name").asString()).isEqualTo(ARABIC);
            assertThat(listed)
                    .singleElement()
                    .satisfies(key -> assertThat(key.get("id")).isEqualTo(issued.get("id")));
        }
    }

    @Nested
    class What_cannot_be_understood {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "nonsense                                        | There is no such command; there are: serve, partner, key",
                    "partner                                         | Missing required subcommand",
                    "partner add                                     | Missing required parameter: 'NAME'",
                    "key issue                                       | Missing required options: '--partner=NAME', '--permission=PERMISSION'",
                    "key issue --partner a --permission partner_contacts_read --live --sandbox | --live, --sandbox are mutually exclusive",
                    "key issue --partner a --permission partner_contacts_read --expires -1d    | a duration is a positive number and d, h or m, for example 90d, 12h or 30m",
                })
        void is_one_sentence_and_touches_no_database(String typed, String sentence) {
            assertThat(run(typed.split(" ", -1)).refusal()).contains(sentence);
            assertThat(directory.resolve("data")).doesNotExist();
        }

        @Test
        void names_the_permissions_there_are() {
            var refusal = run("key", "issue", "--partner", "a", "--permission", "partner_moon_visit")
                    .refusal();

            assertThat(refusal).contains("there is no permission partner_moon_visit; there are: ");
            assertThat(Permission.values())
                    .allSatisfy(known -> assertThat(refusal).contains(known.code()));
            assertThat(directory.resolve("data")).doesNotExist();
        }
    }

    @Nested
    class Durations {
        private final KeyCommand.DurationConverter converter = new KeyCommand.DurationConverter();

        @ParameterizedTest
        @CsvSource({"90d, PT2160H", "12h, PT12H", "30m, PT30M", "1m, PT1M", "3650d, PT87600H", "5256000m, PT87600H"})
        void are_days_hours_or_minutes(String text, Duration duration) {
            assertThat(converter.convert(text)).isEqualTo(duration);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "0d",
                    "00d",
                    "-1d",
                    "+1d",
                    "5y",
                    "1.5d",
                    "90",
                    "d",
                    "abc",
                    "90 d",
                    "90D",
                    "P90D",
                    "٩d",
                    "9999999999d"
                })
        void are_nothing_else(String text) {
            assertThatExceptionOfType(TypeConversionException.class)
                    .isThrownBy(() -> converter.convert(text))
                    .withMessage("a duration is a positive number and d, h or m, for example 90d, 12h or 30m");
        }

        @ParameterizedTest
        @ValueSource(strings = {"3651d", "99999999d", "999999999d", "87601h", "5256001m"})
        void are_ten_years_at_most(String text) {
            assertThatExceptionOfType(TypeConversionException.class)
                    .isThrownBy(() -> converter.convert(text))
                    .withMessage("a key expires after at most 3650d, for example 90d, or never");
        }
    }

    @Nested
    class What_stands_in_the_way {
        @Test
        void wrong_settings_are_all_told() {
            environment.put("PARTNER_API_PORT", "x");
            environment.put("PARTNER_API_LOG", "y");
            environment.put("PARTNER_API_DATABASE_URL", "postgresql://api:hunter2@h:x/d");

            var run = run("partner", "list");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines().map(line -> line.split(" ", 2)[0]))
                    .containsExactly("PARTNER_API_PORT", "PARTNER_API_DATABASE_URL", "PARTNER_API_LOG");
            assertThat(run.err()).doesNotContain("hunter2");
        }

        @Test
        void a_database_that_is_not_there_is_one_sentence() {
            environment.put("PARTNER_API_DATABASE_URL", "postgresql://api:hunter2@127.0.0.1:1/partner");

            assertThat(run("partner", "add", "hotel").sentence(1))
                    .startsWith("The database at 127.0.0.1:1/partner does not answer")
                    .doesNotContain("hunter2");
        }

        @Test
        void a_database_that_refuses_the_password_is_one_sentence() {
            var database = TestPostgres.newDatabase();
            var password = database.substring(database.indexOf(':', 13) + 1, database.indexOf('@'));
            environment.put("PARTNER_API_DATABASE_URL", database.replace(password, "hunter2"));

            assertThat(run("partner", "add", "hotel").sentence(1))
                    .contains("refuses the login", "PARTNER_API_DATABASE_URL")
                    .doesNotContain("hunter2");
        }
    }
}
