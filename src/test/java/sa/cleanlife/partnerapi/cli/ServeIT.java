package sa.cleanlife.partnerapi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;

/** The packaged server as an operator starts it, and administers it meanwhile. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class ServeIT {
    private static final Pattern KEY = Pattern.compile("pk_(?:live|sandbox)_[0-9A-Za-z]{32}");
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @TempDir
    private static Path directory;

    private static FirstStart firstStart;

    private DataDirectory data;

    @BeforeAll
    static void start_for_the_first_time() throws Exception {
        firstStart = FirstStart.in(directory);
    }

    @BeforeEach
    void copy_the_data() throws Exception {
        data = firstStart.copyOfData();
    }

    @AfterEach
    void kill_what_is_left() throws Exception {
        data.killEverything();
    }

    @AfterAll
    static void kill_what_is_left_of_the_first() throws Exception {
        firstStart.data().killEverything();
    }

    @Nested
    class Starting {
        @Test
        void prints_where_it_serves_and_one_curl_line_when_the_database_is_new() {
            assertThat(firstStart.out().lines())
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .matches(
                                            "The Partner API serves http://127\\.0\\.0\\.1:\\d+ \\(reference: /docs\\)\\."),
                            line -> assertThat(line)
                                    .matches(
                                            "Health and metrics: http://127\\.0\\.0\\.1:\\d+ \\(/health/live, .*\\)\\."),
                            line -> assertThat(line).contains("key of the partner sandbox, shown this once"),
                            line -> assertThat(line).isEmpty(),
                            line -> assertThat(line).startsWith("  curl "),
                            line -> assertThat(line).isEmpty());
            assertThat(KEY.matcher(firstStart.out()).results()).hasSize(1);
        }

        @Test
        void prints_a_curl_line_that_works_as_pasted() {
            assertThat(firstStart.answer())
                    .as("the prompt after it stands on a line of its own")
                    .endsWith("}\n");
            var answer = new JsonObject(firstStart.answer());

            assertThat(answer.getBoolean("success")).isTrue();
            assertThat(answer.getJsonObject("data").getString("phone")).isEqualTo("+966500000000");
            assertThat(answer.getJsonObject("data").getString("name")).isEqualTo("Ahmed Ali");
            assertThat(answer.getJsonObject("data").getBoolean("isNewContact")).isTrue();
        }

        @Test
        void counts_the_log_lines_that_nobody_read() throws Exception {
            try (var server = Launched.serve(data);
                    var client = new LoadClient(1)) {
                var metrics = LoadClient.await(client.get(server.managementPort(), "/metrics"));

                assertThat(metrics.body()).contains("\nlog_lines_lost_total 0.0\n");
            }
        }

        @Test
        void brings_a_postgresql_that_was_killed_back_by_itself() throws Exception {
            try (var server = Launched.serve(data);
                    var client = new LoadClient(1)) {
                data.killPostgres();

                DataDirectory.await(
                        "the contact to be found again",
                        () -> post(client, server, firstStart.key(), "+966500000000")
                                        .status()
                                == 200);
            }
        }

        @Test
        void prints_how_to_issue_a_key_but_no_key_at_a_later_start() throws Exception {
            long start = System.nanoTime();
            try (var server = Launched.serve(data);
                    var client = new LoadClient(1)) {
                System.out.println("ServeIT: a later start took "
                        + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");

                assertThat(server.out()).doesNotContain("pk_").contains("./partner-api key issue");
                assertThat(server.err()).doesNotContain(firstStart.key());
                assertThat(post(client, server, firstStart.key(), "+966500000000")
                                .isNewContact())
                        .isFalse();
            }
        }

        @Test
        void is_refused_where_another_server_runs() throws Exception {
            try (var first = Launched.serve(data);
                    var client = new LoadClient(1)) {
                try (var second = Launched.start(data, Map.of(), "serve")) {
                    assertThat(second.exitCode()).isEqualTo(1);
                    assertThat(second.out()).isEmpty();
                    assertThat(sentencesOf(second))
                            .singleElement()
                            .asString()
                            .contains("in use by the partner-api server with process id "
                                    + first.handle().pid());
                }

                assertThat(post(client, first, firstStart.key(), "+966500000000")
                                .status())
                        .isEqualTo(200);
                assertThat(ready(client, first)).isEqualTo(200);
            }
        }

        @Test
        void is_refused_where_its_port_is_in_use() throws Exception {
            try (var taken = new ServerSocket(0, 50, LOOPBACK);
                    var server = Launched.start(
                            data, Map.of("PARTNER_API_PORT", Integer.toString(taken.getLocalPort())), "serve")) {
                assertThat(server.exitCode()).isEqualTo(1);
                assertThat(server.out()).isEmpty();
                assertThat(sentencesOf(server))
                        .singleElement()
                        .asString()
                        .isEqualTo(
                                "Port %d of 127.0.0.1 is already in use by another program. Stop that program, or set PARTNER_API_PORT to another port."
                                        .formatted(taken.getLocalPort()));
                assertThat(data.postgresProcesses()).isEmpty();
            }
        }

        @ParameterizedTest
        @CsvSource({"[::1], [::1]", "::, [::1]", "0.0.0.0, 127.0.0.1"})
        void prints_a_url_that_works_for_every_form_of_an_address(String host, String inUrl) throws Exception {
            assumeTrue(hasIpv6());
            try (var server = Launched.start(
                    data, Map.of("PARTNER_API_HOST", host, "PARTNER_API_MANAGEMENT_HOST", host), "serve")) {
                DataDirectory.await(
                        "the server", Duration.ofSeconds(30), () -> server.out().contains("key issue"));

                var urls = Pattern.compile("http://(.*?):\\d+(?=[ ,])")
                        .matcher(server.out())
                        .results()
                        .toList();
                assertThat(urls)
                        .hasSize(2)
                        .allSatisfy(url -> assertThat(url.group(1)).isEqualTo(inUrl));
                assertThat(FirstStart.run("curl -sg " + urls.getFirst().group() + "/openapi.yaml"))
                        .startsWith("openapi:");
                assertThat(FirstStart.run("curl -sg " + urls.getLast().group() + "/health/ready"))
                        .isNotEmpty();
            }
        }

        private boolean hasIpv6() {
            try (var _ = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
                return true;
            } catch (IOException none) {
                return false;
            }
        }

        @Test
        void does_not_mind_an_arabic_locale_or_an_odd_time_zone() throws Exception {
            var environment = Map.of("LC_ALL", "ar_SA.UTF-8", "LANG", "ar_SA", "TZ", "Asia/Kathmandu");
            try (var server = Launched.serve(data, environment);
                    var client = new LoadClient(1)) {
                var reply = LoadClient.await(
                        client.postContact(server.port(), firstStart.key(), "+966500000077", "سارة القحطاني"));
                assertThat(reply.name()).isEqualTo("سارة القحطاني");
                assertThat(reply.isNewContact()).isTrue();

                var added = new JsonObject(succeed(environment, "partner", "add", "فندق الرياض", "--json"));
                assertThat(added.getString("name")).isEqualTo("فندق الرياض");
                assertThat(Duration.between(added.getInstant("createdAt"), Instant.now()))
                        .isLessThan(Duration.ofMinutes(5))
                        .isPositive();
            }
        }

        @Test
        void writes_only_json_lines_to_standard_error_in_json_format() throws Exception {
            try (var server = Launched.serve(data, Map.of("PARTNER_API_LOG", "json"));
                    var client = new LoadClient(1)) {
                assertThat(post(client, server, firstStart.key(), "+966500000078")
                                .status())
                        .isEqualTo(200);
                assertThat(post(client, server, "no key", "+966500000079").status())
                        .isEqualTo(401);
                server.signal("TERM");
                assertThat(server.exitCode()).isZero();

                assertThat(server.err().lines())
                        .hasSizeGreaterThanOrEqualTo(4)
                        .allSatisfy(line ->
                                assertThat(new JsonObject(line).fieldNames()).contains("time", "level", "message"));
                assertThat(server.err()).doesNotContain("500000078", "500000079", "Ahmed", "pk_");
            }
        }
    }

    @Nested
    class Being_administered {
        @Test
        void accepts_a_new_key_at_once_and_a_revoked_or_suspended_one_for_at_most_a_second() throws Exception {
            try (var server = Launched.serve(data);
                    var client = new LoadClient(1)) {
                succeed(Map.of(), "partner", "add", "hotel");

                var issued = issueKey();
                var hotelKey = issued.getString("key");
                assertThat(post(client, server, hotelKey, "+966500000000").status())
                        .isEqualTo(200);

                succeed(Map.of(), "partner", "suspend", "hotel");
                assertThatItIsSoon(401, client, server, hotelKey);
                succeed(Map.of(), "partner", "activate", "hotel");
                assertThat(post(client, server, hotelKey, "+966500000000").status())
                        .isEqualTo(200);

                succeed(Map.of(), "key", "revoke", issued.getString("id"));
                assertThatItIsSoon(401, client, server, hotelKey);
                assertThat(post(client, server, firstStart.key(), "+966500000000")
                                .status())
                        .isEqualTo(200);
            }
        }

        @Test
        void takes_the_same_commands_while_no_server_runs() throws Exception {
            succeed(Map.of(), "partner", "add", "hotel");
            var hotelKey = issueKey().getString("key");
            var revoked = issueKey();
            succeed(Map.of(), "key", "revoke", revoked.getString("id"));
            succeed(Map.of(), "partner", "suspend", "sandbox");
            var partners = new JsonArray(succeed(Map.of(), "partner", "list", "--json"));
            assertThat(data.postgresProcesses()).isEmpty();

            assertThat(partners.stream().map(JsonObject.class::cast))
                    .extracting(each -> each.getString("name") + " " + each.getString("status"))
                    .containsExactlyInAnyOrder("hotel ACTIVE", "sandbox SUSPENDED");
            try (var server = Launched.serve(data);
                    var client = new LoadClient(1)) {
                assertThat(post(client, server, hotelKey, "+966500000000").status())
                        .isEqualTo(200);
                assertThat(post(client, server, revoked.getString("key"), "+966500000000")
                                .status())
                        .isEqualTo(401);
                assertThat(post(client, server, firstStart.key(), "+966500000000")
                                .status())
                        .isEqualTo(401);
            }
        }

        private JsonObject issueKey() throws Exception {
            var issued = new JsonObject(succeed(
                    Map.of(), "key", "issue", "--partner", "hotel", "--permission", "partner_contacts_read", "--json"));
            assertThat(issued.fieldNames()).contains("id", "partner", "key", "permissions", "expiresAt");
            assertThat(issued.getString("key")).matches(KEY);
            return issued;
        }

        /** The promise is a second after the command has ended; a busy machine may add to that. */
        private void assertThatItIsSoon(int status, LoadClient client, Launched server, String anyKey)
                throws Exception {
            var took = DataDirectory.await(
                    "a " + status,
                    () -> post(client, server, anyKey, "+966500000000").status() == status);
            System.out.println("ServeIT: the key was rejected " + took.toMillis() + " ms after the command");
            assertThat(took).isLessThan(Duration.ofSeconds(3));
        }
    }

    private static Reply post(LoadClient client, Launched server, String anyKey, String phone) throws IOException {
        return LoadClient.await(client.postContact(server.port(), anyKey, phone, "Ahmed Ali"));
    }

    private static int ready(LoadClient client, Launched server) throws IOException {
        return LoadClient.await(client.get(server.managementPort(), "/health/ready"))
                .status();
    }

    /** Runs a command that must succeed, and returns its output. */
    private String succeed(Map<String, String> environment, String... command) throws Exception {
        try (var launched = Launched.start(data, environment, command)) {
            assertThat(launched.exitCode()).as(launched.err()).isZero();
            return launched.out();
        }
    }

    /** The lines on standard error other than the log, which is JSON without a terminal. */
    private static List<String> sentencesOf(Launched launched) throws IOException {
        return launched.err().lines().filter(line -> !line.startsWith("{")).toList();
    }
}
