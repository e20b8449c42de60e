package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.Server;
import sa.cleanlife.partnerapi.StartupException;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.database.embedded.EmbeddedPostgres;
import sa.cleanlife.partnerapi.faults.Relay;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.SteadyLoad;
import sa.cleanlife.partnerapi.testing.SteadyLoad.Outcome;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** A PostgreSQL of this test's own, which it kills, freezes and misconfigures under a server that uses it by URL. */
@Timeout(60)
class DatabaseAwayTest {
    /** The promised delay, plus an allowance for a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(2).plusMillis(600);

    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(10);
    private static final int CLIENTS = 8;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    @TempDir
    private static Path directory;

    private static DataDirectory data;
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start_a_postgresql() throws IOException {
        data = DataDirectory.of(directory);
        postgres = EmbeddedPostgres.serve(directory);
    }

    @AfterAll
    static void stop_it() throws Exception {
        try {
            postgres.close();
        } finally {
            data.killEverything();
        }
    }

    @Nested
    class While_the_server_runs {
        @Test
        void a_killed_database_means_503_in_time_and_full_service_once_it_is_back() throws Exception {
            try (var server = RunningApi.start(newDatabase(), Clock.systemUTC());
                    var load = underLoad(server)) {
                data.killPostgres();
                long away = System.nanoTime();
                awaitReady(server, 503);
                Thread.sleep(1_000);
                long backSoon = System.nanoTime();
                data.restartPostgres();
                long back = System.nanoTime();

                var outcomes = awaitFullService(server, load, back);

                assertThat(outcomes.stream()
                                .filter(each -> each.sentNanos() >= away && each.endedNanos() <= backSoon)
                                .map(Outcome::status))
                        .isNotEmpty()
                        .containsOnly(503);
                assertNothingAcknowledgedIsLost(server, outcomes);
            } finally {
                ensureItRuns();
            }
        }

        @Test
        void a_frozen_database_means_503_in_time_and_full_service_once_it_goes_on() throws Exception {
            try (var server = RunningApi.start(newDatabase(), Clock.systemUTC());
                    var load = underLoad(server)) {
                data.freeze();
                long away = System.nanoTime();
                awaitReady(server, 503);
                while (System.nanoTime() - away < Duration.ofSeconds(4).toNanos()) {
                    Thread.sleep(10);
                }
                long backSoon = System.nanoTime();
                data.thaw();
                long back = System.nanoTime();

                var outcomes = awaitFullService(server, load, back);

                assertThat(outcomes.stream()
                                .filter(each -> each.sentNanos() >= away && each.endedNanos() <= backSoon)
                                .map(Outcome::status))
                        .isNotEmpty()
                        .containsOnly(503);
                assertNothingAcknowledgedIsLost(server, outcomes);
            } finally {
                data.postgresProcesses().forEach(process -> DataDirectory.signal("CONT", process));
            }
        }

        @Test
        void a_network_that_falls_silent_means_503_in_time_and_full_service_once_it_recovers() throws Exception {
            var database = URI.create(newDatabase());
            try (var relay = Relay.to(database.getPort());
                    var server = RunningApi.start(
                            database.toString().replace(":" + database.getPort(), ":" + relay.port())
                                    + "?sslmode=disable",
                            Clock.systemUTC());
                    var load = underLoad(server)) {
                relay.fallSilent();
                awaitReady(server, 503);
                Thread.sleep(2_000);
                relay.recover();
                long back = System.nanoTime();

                awaitFullService(server, load, back);
            }
        }

        @Test
        void a_host_that_is_away_is_passed_over_for_the_next() throws Exception {
            var database = URI.create(newDatabase());
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
            var database = URI.create(newDatabase());
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
            var server = RunningApi.start(newDatabase(), Clock.systemUTC());
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
            try (var server = RunningApi.start(newDatabase(), Clock.systemUTC())) {
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
            try (var server = RunningApi.start(newDatabase(), Clock.systemUTC());
                    var load = underLoad(server)) {
                setForAll(server.database(), "synchronous_standby_names = 'nobody'");
                long away = System.nanoTime();
                awaitReady(server, 503);
                Thread.sleep(5_000);
                long backSoon = System.nanoTime();
                var connections = TestPostgres.queryNumber(
                        server.database(),
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'partner-api'"
                                + " AND datname = current_database()");
                resetForAll(server.database(), "synchronous_standby_names");
                long back = System.nanoTime();

                var outcomes = awaitFullService(server, load, back);

                // Once the server has noticed; before that, requests that commit nothing still succeed.
                assertThat(outcomes.stream()
                                .filter(each ->
                                        each.sentNanos() >= away + SOON.toNanos() && each.endedNanos() <= backSoon)
                                .map(Outcome::status))
                        .isNotEmpty()
                        .containsOnly(503);
                assertNothingAcknowledgedIsLost(server, outcomes);
                System.out.println("DatabaseAwayTest: " + connections + " connections during the wait for the standby");
                assertThat(connections)
                        .isLessThanOrEqualTo(2 * (3L * Runtime.getRuntime().availableProcessors() + 6));
            } finally {
                resetForAll(postgres.connectionUri(), "synchronous_standby_names");
            }
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

        /** Asserts that every response until then comes in time. */
        private List<Outcome> awaitFullService(RunningApi server, SteadyLoad load, long back) throws Exception {
            awaitReady(server, 200);
            awaitService(load, back);
            var outcomes = load.stop();
            assertOnlySuccessAnd503InTime(outcomes);
            assertFullService(outcomes, back);
            return outcomes;
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
            var database = newDatabase();
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
                ensureItRuns();
            }
        }

        @Test
        void connections_that_cannot_commit_are_not_used_and_reported_once_until_they_can() throws Exception {
            var database = newDatabase();
            var commit = "EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text, boolean)";
            TestPostgres.execute(database, "REVOKE " + commit + " FROM PUBLIC");
            int managementPort = freePort();
            try (var log = CapturedLog.open();
                    var server = new Server(
                            RunningApi.settings(Map.of(
                                    "PARTNER_API_DATABASE_URL", ownedBySomebody(database),
                                    "PARTNER_API_PORT", "0",
                                    "PARTNER_API_MANAGEMENT_PORT", Integer.toString(managementPort))),
                            Clock.systemUTC())) {
                var started = CompletableFuture.runAsync(server::start);
                DataDirectory.await(
                        "a line", () -> log.text().stream().anyMatch(line -> line.contains("cannot be used")));
                // Long enough for several more attempts.
                Thread.sleep(3_000);
                assertThat(ready(managementPort)).isEqualTo(503);
                assertThat(log.text())
                        .filteredOn(line -> line.contains("a new connection to the database cannot be used"))
                        .singleElement()
                        .asString()
                        .contains("SQLSTATE 42501");

                TestPostgres.execute(database, "GRANT " + commit + " TO PUBLIC");

                started.get(10, TimeUnit.SECONDS);
                assertThat(ready(managementPort)).isEqualTo(200);
            }
        }

        /** The URL of this database for a role that is not a superuser. */
        private String ownedBySomebody(String database) {
            var name = nameOf(database);
            var login = database.substring("postgresql://".length(), database.indexOf('@'));
            TestPostgres.execute(database, "CREATE ROLE somebody LOGIN PASSWORD 'somebody'");
            TestPostgres.execute(database, "ALTER DATABASE " + name + " OWNER TO somebody");
            return database.replace(login, "somebody:somebody");
        }

        @Test
        void a_wrong_password_is_refused_in_one_sentence_without_it() {
            var database = newDatabase();
            var password =
                    database.substring(database.indexOf(':', "postgresql://".length()) + 1, database.indexOf('@'));

            var sentence = refusalToStart(database.replace(password, "not-the-password"));

            assertThat(sentence)
                    .contains("refuses the login", "PARTNER_API_DATABASE_URL")
                    .doesNotContain("not-the-password", password);
        }

        @Test
        void a_missing_database_is_refused_in_one_sentence_without_the_password() {
            var database = newDatabase();
            var password =
                    database.substring(database.indexOf(':', "postgresql://".length()) + 1, database.indexOf('@'));

            var sentence = refusalToStart(database + "_missing");

            assertThat(sentence)
                    .contains("_missing", "PARTNER_API_DATABASE_URL")
                    .doesNotContain(password);
        }

        @Test
        void a_database_without_fsync_is_refused_unless_told_otherwise() throws Exception {
            var database = newDatabase();
            setForAll(database, "fsync = off");
            try {
                awaitSetting(database, "fsync", "off");

                assertThat(refusalToStart(database)).contains("fsync off", "PARTNER_API_RISK_LOSING_CONTACTS");
                startsWhenTold(database);
            } finally {
                resetForAll(database, "fsync");
                awaitSetting(database, "fsync", "on");
            }
        }

        @Test
        void a_database_without_synchronous_commit_is_refused_unless_told_otherwise() {
            var database = newDatabase();
            TestPostgres.execute(database, "ALTER DATABASE " + nameOf(database) + " SET synchronous_commit = off");

            assertThat(refusalToStart(database)).contains("synchronous_commit off", "PARTNER_API_RISK_LOSING_CONTACTS");
            startsWhenTold(database);
        }

        @Test
        void a_database_that_does_not_wait_for_its_standby_is_refused_unless_told_otherwise() throws Exception {
            var database = newDatabase();
            TestPostgres.execute(database, "ALTER DATABASE " + nameOf(database) + " SET synchronous_commit = local");
            RunningApi.start(database, Clock.systemUTC()).close();
            setForAll(database, "synchronous_standby_names = 'nobody'");
            try {
                awaitSetting(database, "synchronous_standby_names", "nobody");

                assertThat(refusalToStart(database))
                        .contains("synchronous_commit local", "PARTNER_API_RISK_LOSING_CONTACTS");
                startsWhenTold(database);
            } finally {
                resetForAll(database, "synchronous_standby_names");
            }
        }

        @Test
        void a_schema_newer_than_the_server_is_refused_and_left_alone() {
            var database = newDatabase();
            RunningApi.start(database, Clock.systemUTC()).close();
            TestPostgres.execute(database, """
                    INSERT INTO flyway_schema_history
                           (installed_rank, version, description, type, script, checksum, installed_by,
                            execution_time, success)
                    VALUES (9999, '9999', 'from the future', 'SQL', 'V9999__from_the_future.sql', 1, 'newer', 1, true)
                    """);

            var migrations = TestPostgres.queryNumber(database, "SELECT count(*) FROM flyway_schema_history");

            var sentence = refusalToStart(database);

            assertThat(sentence).contains("schema", "newer");
            assertThat(TestPostgres.queryNumber(database, "SELECT count(*) FROM flyway_schema_history"))
                    .isEqualTo(migrations);
        }

        @Test
        void a_schema_of_the_version_before_is_brought_up_to_date_with_all_that_it_holds() {
            var database = newDatabase();
            TestPostgres.migrateTo("1", database);
            var key = ApiKey.generate(ApiKey.Kind.LIVE, new SecureRandom()).reveal();
            TestPostgres.execute(database, """
                    INSERT INTO partner (id, name, status, created_at)
                    VALUES ('0b9ed2f5-5f4d-4b0e-8d6e-3b8f0a2d7c11', 'hotel', 'ACTIVE', now());
                    INSERT INTO api_key (id, partner_id, hash, prefix, last_four, permissions, created_at)
                    SELECT gen_random_uuid(), id, sha256('%s'), 'pk_live_', 'abcd', '{partner_contacts_read}', now()
                      FROM partner;
                    INSERT INTO contact (id, phone, name, utm_source, created_by_partner, created_by_key)
                    VALUES (gen_random_uuid(), '+966500000900', 'Ahmed Ali', 'PARTNER', gen_random_uuid(), gen_random_uuid())
                    """.formatted(key));

            try (var server = RunningApi.start(database, Clock.systemUTC())) {
                var partner = new TestPartner(server, "hotel", UUID.randomUUID(), key);

                assertThat(partner.postContact("+966500000900", "Somebody Else").isNewContact())
                        .isFalse();
                assertThat(partner.postContact("+966500000901", "Sara Ali").isNewContact())
                        .isTrue();
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

    private static void setForAll(String database, String setting) {
        TestPostgres.execute(database, "ALTER SYSTEM SET " + setting);
        TestPostgres.execute(database, "SELECT pg_reload_conf()");
    }

    private static void resetForAll(String database, String name) {
        TestPostgres.execute(database, "ALTER SYSTEM RESET " + name);
        TestPostgres.execute(database, "SELECT pg_reload_conf()");
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

    private static String newDatabase() {
        var name = "away_" + DATABASES.incrementAndGet();
        var uri = postgres.connectionUri();
        TestPostgres.execute(uri, "CREATE DATABASE " + name);
        return uri.substring(0, uri.lastIndexOf('/') + 1) + name;
    }

    private static String nameOf(String database) {
        return database.substring(database.lastIndexOf('/') + 1);
    }

    /** Restores the database for the next test, whatever its state. */
    private static void ensureItRuns() throws Exception {
        if (data.postgresProcesses().isEmpty()) {
            data.restartPostgres();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
