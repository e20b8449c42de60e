package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.Server;
import sa.cleanlife.partnerapi.StartupException;
import sa.cleanlife.partnerapi.faults.Relay;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.DisposablePostgres;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.SteadyLoad;
import sa.cleanlife.partnerapi.testing.SteadyLoad.Outcome;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** How requests, and a start, fare while the database does not answer or could lose what it acknowledges. */
@Timeout(60)
class DatabaseAwayTest {
    /** The promised delay, plus an allowance for a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(2).plusMillis(600);

    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(10);
    private static final int CLIENTS = 8;

    @TempDir
    private static Path directory;

    private static DisposablePostgres postgres;
    private static DataDirectory data;

    @BeforeAll
    static void start_a_postgresql() throws IOException {
        postgres = DisposablePostgres.startIn(directory);
        data = postgres.data();
    }

    @AfterAll
    static void stop_it() throws Exception {
        postgres.stop();
    }

    @Nested
    class While_the_server_runs {
        private interface Step {
            void take() throws Exception;
        }

        /** @param outcomes of all requests, from before the outage until full service was back */
        private record Outage(long beganNanos, long endsSoonNanos, List<Outcome> outcomes) {
            /** @param noticed the time that the server may take to notice the outage */
            void meant503(Duration noticed) {
                assertThat(outcomes.stream()
                                .filter(each -> each.sentNanos() >= beganNanos + noticed.toNanos()
                                        && each.endedNanos() <= endsSoonNanos)
                                .map(Outcome::status))
                        .isNotEmpty()
                        .containsOnly(503);
            }
        }

        /** Asserts full service in time after an outage under load, and that no acknowledged contact is lost. */
        private Outage outage(RunningApi server, Step begin, Duration lasting, Step end) throws Exception {
            try (var load = underLoad(server)) {
                begin.take();
                long began = System.nanoTime();
                awaitReady(server, 503);
                while (System.nanoTime() - began < lasting.toNanos()) {
                    Thread.sleep(10);
                }
                long endsSoon = System.nanoTime();
                end.take();
                long ended = System.nanoTime();

                awaitReady(server, 200);
                awaitService(load, ended);
                var outcomes = load.stop();
                assertOnlySuccessAnd503InTime(outcomes);
                assertFullService(outcomes, ended);
                assertNothingAcknowledgedIsLost(server, outcomes);
                return new Outage(began, endsSoon, outcomes);
            }
        }

        @Test
        void a_killed_database_means_503_in_time_and_full_service_once_it_is_back() throws Exception {
            try (var server = RunningApi.start(postgres.newDatabase(), Clock.systemUTC())) {
                var outage = outage(server, data::killPostgres, Duration.ofMillis(1_500), data::restartPostgres);

                outage.meant503(Duration.ZERO);
            } finally {
                postgres.ensureItRuns();
            }
        }

        @Test
        void a_frozen_database_means_503_in_time_and_full_service_once_it_goes_on() throws Exception {
            try (var server = RunningApi.start(postgres.newDatabase(), Clock.systemUTC())) {
                var outage = outage(server, data::freeze, SOON.plusMillis(700), data::thaw);

                outage.meant503(Duration.ZERO);
            } finally {
                data.thaw();
            }
        }

        @Test
        void a_network_that_falls_silent_means_503_in_time_and_full_service_once_it_recovers() throws Exception {
            var database = URI.create(postgres.newDatabase());
            try (var relay = Relay.to(database.getPort());
                    var server = RunningApi.start(
                            database.toString().replace(":" + database.getPort(), ":" + relay.port())
                                    + "?sslmode=disable",
                            Clock.systemUTC())) {
                outage(server, relay::fallSilent, SOON.plusMillis(700), relay::recover);
            }
        }

        @Test
        void a_host_that_is_away_is_passed_over_for_the_next() throws Exception {
            var database = URI.create(postgres.newDatabase());
            var host = "127.0.0.1:" + database.getPort();
            var twoHosts = database.toString().replace(host, "127.0.0.1:" + freePort() + "," + host);

            try (var server = RunningApi.start(twoHosts, Clock.systemUTC())) {
                assertThat(server.newPartner()
                                .postContact("+966500000000", "Ahmed Ali")
                                .isNewContact())
                        .isTrue();
            }
        }

        @Test
        void a_silent_host_is_not_tried_again_once_the_primary_is_known() throws Exception {
            var database = URI.create(postgres.newDatabase());
            var host = "127.0.0.1:" + database.getPort();
            try (var silent = Relay.to(database.getPort())) {
                silent.fallSilent();
                var twoHosts = database.toString().replace(host, "127.0.0.1:" + silent.port() + "," + host);
                try (var server = RunningApi.start(twoHosts, Clock.systemUTC());
                        var operator = RunningApi.start(database.toString(), Clock.systemUTC());
                        var client = new LoadClient(1)) {
                    var key = operator.newPartner().key();
                    assertThat(post(client, server, key).isNewContact()).isTrue();
                    assertThat(silent.taken()).isPositive();

                    // On a busy machine the primary itself may respond too slowly once, and then the other host is
                    // tried.
                    var asked = new ArrayList<Integer>();
                    for (int i = 0; i < 3; i++) {
                        // Waits until all connections are open that needed a search for the primary.
                        Thread.sleep(1_000);
                        int before = silent.taken();
                        endConnections(database.toString());
                        DataDirectory.await(
                                "an answer", () -> post(client, server, key).status() == 200);
                        asked.add(silent.taken() - before);
                    }
                    assertThat(asked).contains(0);
                }
            }
        }

        private Reply post(LoadClient client, RunningApi server, String key) {
            return LoadClient.await(client.postContact(server.port(), key, "+966500000000", "Ahmed Ali"));
        }

        @Test
        void a_database_that_hangs_does_not_hold_up_a_stop() throws Exception {
            var server = RunningApi.start(postgres.newDatabase(), Clock.systemUTC());
            try (var load = underLoad(server)) {
                data.freeze();
                awaitReady(server, 503);

                var stop = CompletableFuture.runAsync(server::close);

                assertThat(stop).succeedsWithin(Duration.ofSeconds(15));
                load.stop();
            } finally {
                data.thaw();
                server.close();
            }
        }

        @Test
        void connections_that_the_database_ends_are_hardly_noticed() throws Exception {
            try (var server = RunningApi.start(postgres.newDatabase(), Clock.systemUTC())) {
                var hotel = server.newPartner();
                assertThat(hotel.postContact("+966500000000", "Ahmed Ali").isNewContact())
                        .isTrue();
                for (int i = 0; i < 3; i++) {
                    endConnections(server.database());

                    assertThat(hotel.postContact("+966500000000", "Ahmed Ali").isNewContact())
                            .isFalse();
                }

                try (var load = underLoad(server)) {
                    for (int i = 0; i < 6; i++) {
                        Thread.sleep(300);
                        endConnections(server.database());
                    }
                    long last = System.nanoTime();
                    awaitService(load, last);
                    var outcomes = load.stop();

                    assertOnlySuccessAnd503InTime(outcomes);
                    assertThat(outcomes.stream()
                                    .filter(each -> !each.isAcknowledged())
                                    .count())
                            .as("%s", SteadyLoad.statuses(outcomes.stream()))
                            .isLessThan(CLIENTS);
                    assertNothingAcknowledgedIsLost(server, outcomes);
                }
            }
        }

        @Test
        void a_standby_that_is_away_means_503_in_time_few_connections_and_full_service_once_it_need_not_confirm()
                throws Exception {
            try (var server = RunningApi.start(postgres.newDatabase(), Clock.systemUTC())) {
                var connections = new AtomicLong();
                var outage = outage(
                        server,
                        () -> postgres.set("synchronous_standby_names = 'nobody'"),
                        Duration.ofSeconds(5),
                        () -> {
                            connections.set(connectionsOf(server));
                            postgres.reset("synchronous_standby_names");
                        });

                // Before the server has noticed, requests that commit nothing still succeed.
                outage.meant503(SOON);
                assertThat(connections)
                        .hasValueLessThanOrEqualTo(
                                2 * (3L * Runtime.getRuntime().availableProcessors() + 6));
            } finally {
                postgres.reset("synchronous_standby_names");
            }
        }

        private static long connectionsOf(RunningApi server) {
            return TestPostgres.queryNumber(
                    server.database(),
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'partner-api'"
                            + " AND datname = current_database()");
        }

        private void endConnections(String database) {
            TestPostgres.execute(
                    database,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }

        /** Starts a load and waits until it has some acknowledged contacts. */
        private SteadyLoad underLoad(RunningApi server) throws Exception {
            var hotel = server.newPartner();
            var load = SteadyLoad.start(server.port(), hotel.key(), CLIENTS, BETWEEN_REQUESTS);
            try {
                DataDirectory.await("the first contacts", () -> load.acknowledged() > 200);
                return load;
            } catch (Throwable e) {
                load.close();
                throw e;
            }
        }

        private void awaitReady(RunningApi server, int status) throws Exception {
            var took = DataDirectory.await(
                    "ready to say " + status,
                    () -> ready(server.managementUri("").getPort()) == status);
            System.out.println("DatabaseAwayTest: ready returned " + status + " after " + took.toMillis() + " ms");
            assertThat(TestPartner.send(HttpRequest.newBuilder(server.managementUri("/metrics")))
                            .body())
                    .contains("\nserver_ready " + (status == 200 ? 1 : 0));
            assertThat(took).isLessThan(SOON);
        }

        private void awaitService(SteadyLoad load, long since) throws Exception {
            DataDirectory.await(
                    "contacts to be created again",
                    () -> load.outcomes().stream()
                                    .filter(each -> each.sentNanos() > since + SOON.toNanos() && each.isAcknowledged())
                                    .count()
                            > 100);
        }

        private void assertOnlySuccessAnd503InTime(List<Outcome> outcomes) {
            System.out.println("DatabaseAwayTest: " + SteadyLoad.statuses(outcomes.stream()) + ", slowest "
                    + outcomes.stream()
                            .map(Outcome::took)
                            .max(Duration::compareTo)
                            .orElseThrow()
                            .toMillis()
                    + " ms");
            assertThat(SteadyLoad.statuses(outcomes.stream()).keySet()).isSubsetOf(200, 503);
            assertThat(outcomes).extracting(Outcome::took).allMatch(took -> took.compareTo(SOON) < 0);
            outcomes.stream()
                    .filter(each -> each.status() == 503)
                    .map(each -> each.reply().orElseThrow().checkedAnswerToPost())
                    .distinct()
                    .forEach(answer -> {
                        answer.error(503, "SERVICE_UNAVAILABLE");
                        assertThat(answer.headers().get("retry-after")).matches("[1-9]");
                    });
        }

        /** Asserts full service from then on, after the promised delay. */
        private void assertFullService(List<Outcome> outcomes, long back) {
            var last503 = outcomes.stream()
                    .filter(each -> each.status() == 503)
                    .mapToLong(Outcome::endedNanos)
                    .max()
                    .orElseThrow();
            System.out.println("DatabaseAwayTest: the last 503 came "
                    + Duration.ofNanos(last503 - back).toMillis() + " ms after the database was back");
            assertThat(outcomes.stream()
                            .filter(each -> each.sentNanos() > back + SOON.toNanos())
                            .map(Outcome::status))
                    .isNotEmpty()
                    .containsOnly(200);
        }

        private void assertNothingAcknowledgedIsLost(RunningApi server, List<Outcome> outcomes) throws SQLException {
            var stored = new HashMap<String, String>();
            try (var connection = TestPostgres.connect(server.database());
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT id, phone, name FROM contact")) {
                while (rows.next()) {
                    stored.put(rows.getString("id"), rows.getString("phone") + " " + rows.getString("name"));
                }
            }
            var acknowledged = new HashMap<String, String>();
            outcomes.stream()
                    .filter(Outcome::isAcknowledged)
                    .forEach(each ->
                            acknowledged.put(each.reply().orElseThrow().id(), each.phone() + " " + each.name()));
            assertThat(stored).containsAllEntriesOf(acknowledged);
            assertThat(TestPostgres.queryNumber(server.database(), "SELECT count(DISTINCT phone) FROM contact"))
                    .isEqualTo(stored.size());
        }
    }

    @Nested
    class At_the_start {
        @Test
        void a_server_that_finds_no_database_serves_503_until_it_comes() throws Exception {
            var database = postgres.newDatabase();
            String key;
            try (var earlier = RunningApi.start(database, Clock.systemUTC())) {
                key = earlier.newPartner().key();
            }
            int port = freePort();
            int managementPort = freePort();
            data.killPostgres();
            try (var server = new Server(
                            RunningApi.settings(Map.of(
                                    "PARTNER_API_DATABASE_URL", database,
                                    "PARTNER_API_PORT", Integer.toString(port),
                                    "PARTNER_API_MANAGEMENT_PORT", Integer.toString(managementPort))),
                            Clock.systemUTC());
                    var client = new LoadClient(1)) {
                var started = CompletableFuture.runAsync(server::start);
                DataDirectory.await("an answer", () -> ready(managementPort) == 503);
                DataDirectory.await("an answer", () -> status(port, "/") != 0);
                var early = LoadClient.await(client.postContact(port, key, "+966500000000", "Ahmed Ali"))
                        .checkedAnswerToPost();
                early.error(503, "SERVICE_UNAVAILABLE");
                assertThat(early.headers()).containsKey("retry-after");
                assertThat(started).isNotDone();

                data.restartPostgres();

                var took = DataDirectory.await("readiness", () -> ready(managementPort) == 200);
                System.out.println("DatabaseAwayTest: ready " + took.toMillis() + " ms after the database came");
                assertThat(LoadClient.await(client.postContact(port, key, "+966500000000", "Ahmed Ali"))
                                .isNewContact())
                        .isTrue();
                started.get(10, TimeUnit.SECONDS);
            } finally {
                postgres.ensureItRuns();
            }
        }

        @Test
        void connections_that_cannot_commit_are_not_used_and_reported_once_until_they_can() throws Exception {
            var database = postgres.newDatabase();
            var commit = "EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text, boolean)";
            TestPostgres.execute(database, "REVOKE " + commit + " FROM PUBLIC");
            int managementPort = freePort();
            try (var log = CapturedLog.open();
                    var server = new Server(
                            RunningApi.settings(Map.of(
                                    "PARTNER_API_DATABASE_URL", TestPostgres.ownedByNewRole(database),
                                    "PARTNER_API_PORT", "0",
                                    "PARTNER_API_MANAGEMENT_PORT", Integer.toString(managementPort))),
                            Clock.systemUTC())) {
                var started = CompletableFuture.runAsync(server::start);
                DataDirectory.await(
                        "a line",
                        () -> log.text().stream().anyMatch(line -> line.contains("failed its admission check")));
                // Long enough for several more attempts.
                Thread.sleep(1_500);
                assertThat(ready(managementPort)).isEqualTo(503);
                assertThat(log.text())
                        .filteredOn(line -> line.contains("new database connection failed its admission check"))
                        .singleElement()
                        .asString()
                        .contains("SQLSTATE 42501");

                TestPostgres.execute(database, "GRANT " + commit + " TO PUBLIC");

                started.get(10, TimeUnit.SECONDS);
                assertThat(ready(managementPort)).isEqualTo(200);
            }
        }

        @Test
        void a_database_without_fsync_is_refused_unless_told_otherwise() throws Exception {
            var database = postgres.newDatabase();
            postgres.set("fsync = off");
            try {
                awaitSetting(database, "fsync", "off");

                assertThat(refusalToStart(database)).contains("fsync off", "PARTNER_API_RISK_LOSING_CONTACTS");
                startsWhenTold(database);
            } finally {
                postgres.reset("fsync");
                awaitSetting(database, "fsync", "on");
            }
        }

        @Test
        void a_database_that_does_not_wait_for_its_standby_is_refused_unless_told_otherwise() throws Exception {
            var database = postgres.newDatabase();
            TestPostgres.execute(
                    database, "ALTER DATABASE " + TestPostgres.nameOf(database) + " SET synchronous_commit = local");
            RunningApi.start(database, Clock.systemUTC()).close();
            postgres.set("synchronous_standby_names = 'nobody'");
            try {
                awaitSetting(database, "synchronous_standby_names", "nobody");

                assertThat(refusalToStart(database))
                        .contains("synchronous_commit local", "PARTNER_API_RISK_LOSING_CONTACTS");
                startsWhenTold(database);
            } finally {
                postgres.reset("synchronous_standby_names");
            }
        }

        /** The error message for the operator. */
        private String refusalToStart(String database) {
            try (var server =
                    new Server(RunningApi.settings(Map.of("PARTNER_API_DATABASE_URL", database)), Clock.systemUTC())) {
                var refusal = catchThrowableOfType(StartupException.class, server::start);
                assertThat(refusal).isNotNull().hasNoCause();
                assertThat(refusal.getMessage()).hasLineCount(1).endsWith(".");
                return String.valueOf(refusal.getMessage());
            }
        }

        private void startsWhenTold(String database) {
            try (var server = new Server(
                    RunningApi.settings(
                            Map.of("PARTNER_API_DATABASE_URL", database, "PARTNER_API_RISK_LOSING_CONTACTS", "true")),
                    Clock.systemUTC())) {
                server.start();
                assertThat(ready(server.managementPort())).isEqualTo(200);
            }
        }

        private void awaitSetting(String database, String name, String value) throws Exception {
            DataDirectory.await(
                    name + " to be " + value,
                    () -> TestPostgres.queryNumber(
                                    database,
                                    "SELECT count(*) FROM pg_settings WHERE name = '%s' AND setting = '%s'"
                                            .formatted(name, value))
                            == 1);
        }
    }

    private static int ready(int managementPort) {
        return status(managementPort, "/health/ready");
    }

    /** The status, or 0 without a listener. */
    private static int status(int port, String path) {
        try {
            return TestPartner.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)))
                    .status();
        } catch (IllegalStateException refused) {
            return 0;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
