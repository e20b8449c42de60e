package sa.cleanlife.partnerapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.faults.History;
import sa.cleanlife.partnerapi.faults.HistoryChecker;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.SteadyLoad;
import sa.cleanlife.partnerapi.testing.SteadyLoad.Outcome;

/** The packaged server on its own disk, which becomes full while it runs. */
@Tag("slow")
@Timeout(120)
class DiskFullIT {
    private static final int MEGABYTES = 192;
    private static final int CLIENTS = 8;

    /** The promised delay, plus an allowance for a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(2).plusMillis(600);

    @TempDir
    private static Path directory;

    private static SmallDisk disk;
    private static DataDirectory data;
    private static String key;

    @BeforeAll
    static void start_for_the_first_time() throws Exception {
        var mounted = SmallDisk.mount(directory, MEGABYTES);
        if (mounted.isEmpty()) {
            System.out.println("DiskFullIT: skipped: only root may mount a disk to fill");
        }
        Assumptions.assumeTrue(mounted.isPresent());
        disk = mounted.get();
        // The mounted directory, so that the output of processes does not go to the full disk.
        data = DataDirectory.of(disk.path());
        try (var server = Launched.serve(data)) {
            key = server.printedKey();
        }
    }

    @BeforeEach
    void make_space() throws Exception {
        disk.makeSpace();
    }

    @AfterEach
    void kill_what_is_left() throws Exception {
        data.killEverything();
    }

    @AfterAll
    static void unmount() throws Exception {
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void known_contacts_are_found_and_new_ones_get_a_503_until_there_is_space() throws Exception {
        try (var server = Launched.serve(data);
                var load = SteadyLoad.start(server.port(), key, CLIENTS, Duration.ofMillis(2));
                var client = new LoadClient(CLIENTS)) {
            DataDirectory.await("the first contacts", () -> load.acknowledged() > 200);
            var known = load.outcomes().stream()
                    .filter(Outcome::isAcknowledged)
                    .limit(100)
                    .toList();

            disk.fill();
            DataDirectory.await("new contacts to be refused", () -> count(load, 503) > 100);

            // Many at once, so that they share batches with new contacts.
            assertThat(findAll(client, server, known))
                    .allSatisfy(reply -> assertThat(reply.isNewContact()).isFalse());
            assertThat(status(client, server, "/health/ready")).isEqualTo(200);
            assertThat(server.err()).containsOnlyOnce("database disk full; requests that write get a 503");

            disk.makeSpace();
            long space = System.nanoTime();
            awaitService(load, space);
            assertKept(server, client, load, List.of(503));
        }
    }

    @Test
    void a_database_that_the_full_disk_stops_is_started_again_once_there_is_space() throws Exception {
        try (var server = Launched.serve(data);
                var load = SteadyLoad.start(server.port(), key, CLIENTS, Duration.ofMillis(2));
                var client = new LoadClient(CLIENTS)) {
            DataDirectory.await("the first contacts", () -> load.acknowledged() > 200);

            disk.fill();
            stopPostgresForWantOfSpace();
            DataDirectory.await("a 503 from /health/ready", () -> status(client, server, "/health/ready") == 503);
            DataDirectory.await("the log line", () -> server.err().contains("database restart failed"));
            Thread.sleep(2_000);
            var away = load.outcomes().stream()
                    .filter(each -> each.endedNanos()
                            > System.nanoTime() - Duration.ofSeconds(1).toNanos())
                    .map(Outcome::status);

            assertThat(away).isNotEmpty().containsOnly(503);
            assertThat(status(client, server, "/health/live")).isEqualTo(200);
            assertThat(server.err().lines().filter(line -> line.contains("database restart failed")))
                    .as("logged once, not at every attempt")
                    .singleElement()
                    .asString()
                    .contains("PostgreSQL did not start (the disk is full: 0 MB are left)");

            disk.makeSpace();
            long space = System.nanoTime();
            var took = DataDirectory.await("readiness", () -> status(client, server, "/health/ready") == 200);
            System.out.println("DiskFullIT: ready " + took.toMillis() + " ms after there was space");
            awaitService(load, space);
            assertKept(server, client, load, List.of(503));
        }
    }

    @Test
    void a_server_stops_on_a_full_disk_cannot_start_there_and_has_all_contacts_afterwards() throws Exception {
        List<Outcome> outcomes;
        try (var server = Launched.serve(data);
                var load = SteadyLoad.start(server.port(), key, CLIENTS, Duration.ofMillis(2))) {
            DataDirectory.await("the first contacts", () -> load.acknowledged() > 200);
            disk.fill();
            DataDirectory.await("new contacts to be refused", () -> count(load, 503) > 10);
            outcomes = load.stop();

            server.signal("TERM");

            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(data.postgresProcesses()).isEmpty();
        }
        // Fills the space that the stop has freed.
        disk.fill();

        assertThatAStartIsRefused(data);

        disk.makeSpace();
        try (var server = Launched.serve(data);
                var client = new LoadClient(CLIENTS)) {
            var acknowledged = outcomes.stream().filter(Outcome::isAcknowledged).toList();
            assertThat(findAll(client, server, acknowledged))
                    .allSatisfy(reply -> assertThat(reply.isNewContact()).isFalse());
        }
    }

    @Test
    void a_new_database_is_refused_without_enough_space() throws Exception {
        var other = DataDirectory.of(Files.createDirectory(data.path().resolve("other")));
        disk.fillBut(20);

        assertThatAStartIsRefused(other);

        assertThat(other.path().resolve("database")).doesNotExist();
    }

    private static void assertThatAStartIsRefused(DataDirectory where) throws Exception {
        // Outside the disk there is space for the output.
        try (var server = Launched.start(where, Map.of(), directory, "serve")) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.out()).isEmpty();
            assertThat(server.err())
                    .contains("(the disk is full: 0 MB are left)")
                    .doesNotContain("\tat ", "An unexpected error occurred");
        }
        assertThat(where.postgresProcesses()).isEmpty();
    }

    /** PostgreSQL stops, and does not start, without space for the next file of its write-ahead log. */
    private static void stopPostgresForWantOfSpace() throws Exception {
        try (var connection = data.connect();
                var statement = connection.createStatement()) {
            for (int i = 0; i < 10; i++) {
                statement.execute("SELECT pg_switch_wal()");
                statement.execute("SELECT pg_logical_emit_message(true, 'test', 'more')");
            }
        } catch (SQLException stopped) {
            // It is meant to fail.
        }
    }

    private static long count(SteadyLoad load, int status) {
        return load.outcomes().stream().filter(each -> each.status() == status).count();
    }

    private static List<Reply> findAll(LoadClient client, Launched server, List<Outcome> known) throws Exception {
        int port = server.port();
        return LoadClient.all(known.stream()
                .map(each -> client.postContact(port, key, each.phone(), "Somebody Else"))
                .toList());
    }

    private static int status(LoadClient client, Launched server, String path) throws Exception {
        return LoadClient.await(client.get(server.managementPort(), path)).status();
    }

    private static void awaitService(SteadyLoad load, long since) throws Exception {
        DataDirectory.await(
                "contacts to be created again",
                () -> load.outcomes().stream()
                                .filter(each -> each.sentNanos() > since && each.isAcknowledged())
                                .count()
                        > 200);
    }

    /**
     * Asserts that there is one contact per phone, nothing acknowledged is lost, only these refusals occur, and every
     * response is in time.
     */
    private static void assertKept(Launched server, LoadClient client, SteadyLoad load, List<Integer> refusals)
            throws Exception {
        var outcomes = load.stop();
        System.out.println("DiskFullIT: " + SteadyLoad.statuses(outcomes.stream()) + ", slowest "
                + outcomes.stream()
                        .map(Outcome::took)
                        .max(Duration::compareTo)
                        .orElseThrow()
                        .toMillis() + " ms");
        var allowed = new ArrayList<>(refusals);
        allowed.add(200);
        assertThat(SteadyLoad.statuses(outcomes.stream()).keySet()).isSubsetOf(allowed);
        assertThat(outcomes).extracting(Outcome::took).allMatch(took -> took.compareTo(SOON) < 0);

        var history = new History();
        outcomes.forEach(each -> history.add(call(each)));
        var acknowledged = outcomes.stream().filter(Outcome::isAcknowledged).toList();
        int port = server.port();
        long asked = System.nanoTime();
        var again = findAll(client, server, outcomes);
        var read = LoadClient.all(acknowledged.stream()
                .map(each ->
                        client.getContact(port, key, each.reply().orElseThrow().id()))
                .toList());
        long answered = System.nanoTime();
        IntStream.range(0, again.size())
                .forEach(i -> history.add(new History.FindOrCreate(
                        outcomes.get(i).phone(),
                        outcomes.get(i).phone(),
                        "Somebody Else",
                        asked,
                        answered,
                        answer(again.get(i)))));
        IntStream.range(0, read.size())
                .forEach(i -> history.add(new History.Read(
                        UUID.fromString(
                                acknowledged.get(i).reply().orElseThrow().id()),
                        asked,
                        answered,
                        answer(read.get(i)))));

        var phones = outcomes.stream().map(Outcome::phone).toList();
        assertThat(HistoryChecker.violations(history.calls(), rowsOf(phones))).isEmpty();
    }

    private static History.Call call(Outcome outcome) {
        return new History.FindOrCreate(
                outcome.phone(),
                outcome.phone(),
                outcome.name(),
                outcome.sentNanos(),
                outcome.endedNanos(),
                outcome.reply().map(DiskFullIT::answer).orElseGet(History.Lost::new));
    }

    private static History.Answer answer(Reply reply) {
        return reply.status() == 200
                ? new History.Told(UUID.fromString(reply.id()), reply.phone(), reply.name(), reply.isNewContact())
                : new History.Refused(reply.status());
    }

    /** The rows of all phones from the first of these on; no other test uses higher ones. */
    private static List<History.Row> rowsOf(List<String> phones) throws Exception {
        var rows = new ArrayList<History.Row>();
        try (var connection = data.connect();
                var statement = connection.prepareStatement("SELECT id, phone, name FROM contact WHERE phone >= ?")) {
            statement.setString(1, phones.stream().min(String::compareTo).orElseThrow());
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(new History.Row(
                            result.getObject("id", UUID.class), result.getString("phone"), result.getString("name")));
                }
            }
        }
        return rows;
    }
}
