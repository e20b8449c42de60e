package sa.cleanlife.partnerapi.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.database.embedded.EmbeddedPostgres;
import sa.cleanlife.partnerapi.faults.FaultSchedule.Strike;
import sa.cleanlife.partnerapi.faults.History.Lost;
import sa.cleanlife.partnerapi.faults.History.Refused;
import sa.cleanlife.partnerapi.faults.History.Row;
import sa.cleanlife.partnerapi.faults.History.Told;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.Shell;

/**
 * Two packaged servers, one PostgreSQL and 64 clients, while processes are killed and frozen and networks broken. The
 * properties {@code faults.schedule} and {@code faults.seed} select the faults.
 */
@Tag("slow")
@DisabledOnOs(OS.WINDOWS)
class FaultsIT {
    private static final Pattern WARNING =
            Pattern.compile("\"level\":\"(WARN|ERROR)\",\"logger\":\"[^\"]*\",\"message\":\"[^\"]*\"");

    @TempDir
    private Path directory;

    private final Map<Fault, Toll> tolls = new EnumMap<>(Fault.class);
    private final List<ServerNode> nodes = new ArrayList<>();
    private final LoadClient health = new LoadClient(1, Duration.ofSeconds(2));
    private DataDirectory data;
    private EmbeddedPostgres postgres;
    private String database;
    private long terminated;

    /** The service interruptions caused by one kind of fault. */
    private static final class Toll {
        private int strikes;
        private Duration longestOfWhole = Duration.ZERO;
        private Duration longestOfNode = Duration.ZERO;
        private Duration longestRecovery = Duration.ZERO;

        void add(Duration ofWhole, Duration ofNode, Duration recovery) {
            strikes++;
            longestOfWhole = Collections.max(List.of(longestOfWhole, ofWhole));
            longestOfNode = Collections.max(List.of(longestOfNode, ofNode));
            longestRecovery = Collections.max(List.of(longestRecovery, recovery));
        }
    }

    @BeforeEach
    void start_postgresql_and_two_nodes() throws Exception {
        data = DataDirectory.of(directory.resolve("postgresql"));
        postgres = EmbeddedPostgres.serve(data.path());
        database = postgres.connectionUri();
        for (var place : List.of("node-0", "node-1")) {
            nodes.add(new ServerNode(Files.createDirectory(directory.resolve(place)), database));
        }
    }

    @AfterEach
    void leave_nothing_behind() throws Exception {
        try {
            data.thaw();
            assertAll(nodes.stream().map(node -> node::close));
        } finally {
            try (health) {
                if (postgres != null) {
                    postgres.close();
                }
            } finally {
                data.killEverything();
            }
        }
    }

    @Test
    @Timeout(value = 14, unit = TimeUnit.MINUTES)
    void no_contact_is_lost_or_duplicated_whatever_breaks() throws Exception {
        var schedule = FaultSchedule.of(
                System.getProperty("faults.schedule", "short"),
                FaultSchedule.seed(System.getProperty("faults.seed", "")));
        System.out.printf(
                "FaultsIT: schedule %s, %d faults, seed %d; to repeat it: -Dfaults.schedule=%s -Dfaults.seed=%d%n",
                schedule.name(), schedule.strikes().size(), schedule.seed(), schedule.name(), schedule.seed());
        var history = new History();
        try (var load =
                new PhoneLoad(nodes.stream().map(ServerNode::port).toList(), newKey(), schedule.seed(), history)) {
            DataDirectory.await("the first contacts", () -> load.calls() > 500);
            int newPhones = PhoneLoad.PHONES / schedule.strikes().size();
            for (var strike : schedule.strikes()) {
                Thread.sleep(strike.pause());
                load.askForNewPhones(newPhones);
                Thread.sleep(strike.lead());
                suffer(strike, load);
            }
            load.askForNewPhones(PhoneLoad.PHONES);
            while (load.calls() < schedule.calls()) {
                Thread.sleep(100);
            }
            var last = load.finish();
            report(history);
            assertThat(last)
                    .as("the last requests, after all faults are over")
                    .extracting(Reply::status)
                    .containsOnly(200);
        }

        readLogs();
        assertThat(HistoryChecker.violations(history.calls(), rows()))
                .as("broken promises, seed %d", schedule.seed())
                .isEmpty();
        assertThat(rows().size()).isEqualTo(PhoneLoad.PHONES);
        assertThat(tolls.values().stream().mapToInt(toll -> toll.strikes).sum())
                .isEqualTo(schedule.strikes().size());
        assertThat(terminated).as("terminated backends").isPositive();
    }

    private String newKey() throws IOException {
        var shell = Shell.onDatabase(Files.createDirectory(directory.resolve("operator")), database);
        shell.run("partner add grand-hotel").table();
        return shell.run("key issue --partner grand-hotel --permission partner_contacts_read --json")
                .json()
                .get("key")
                .asString();
    }

    /** Inflicts one fault, ends it, and waits until both nodes serve again. */
    private void suffer(Strike strike, PhoneLoad load) throws Exception {
        load.wholeService().restart();
        load.service(0).restart();
        load.service(1).restart();
        strike(strike);
        long ended = System.nanoTime();
        long[] before = {load.service(0).answers(), load.service(1).answers()};
        for (int i = 0; i < nodes.size(); i++) {
            var node = nodes.get(i);
            var service = load.service(i);
            long answers = before[i];
            DataDirectory.await(
                    "node %d to serve again after %s".formatted(i, strike),
                    () -> service.answers() > answers + 20 && node.isReady(health));
        }
        tolls.computeIfAbsent(strike.fault(), fault -> new Toll())
                .add(
                        load.wholeService().longestGap(),
                        Collections.max(List.of(
                                load.service(0).longestGap(), load.service(1).longestGap())),
                        Duration.ofNanos(System.nanoTime() - ended));
    }

    private void strike(Strike strike) throws Exception {
        var node = nodes.get(strike.node());
        switch (strike.fault()) {
            case KILL_NODE -> {
                node.kill();
                Thread.sleep(strike.lasts());
                node.restart();
            }
            case KILL_DATABASE -> {
                data.killPostgres();
                Thread.sleep(strike.lasts());
                data.restartPostgres();
            }
            case STOP_DATABASE_IMMEDIATELY -> {
                data.stopPostgres("immediate");
                Thread.sleep(strike.lasts());
                data.restartPostgres();
            }
            case TERMINATE_BACKENDS -> terminateBackends(strike.lasts());
            case FREEZE_DATABASE -> {
                data.freeze();
                Thread.sleep(strike.lasts());
                data.thaw();
            }
            case CUT_DATABASE_LINK,
                    DELAY_DATABASE_LINK,
                    HALF_CLOSE_DATABASE_LINK,
                    RESET_DATABASE_LINK,
                    SILENCE_DATABASE_LINK -> strikeLink(strike, node.databaseLink());
            case CUT_CLIENT_LINK, DELAY_CLIENT_LINK, HALF_CLOSE_CLIENT_LINK, RESET_CLIENT_LINK, SILENCE_CLIENT_LINK ->
                strikeLink(strike, node.clientLink());
        }
    }

    private static void strikeLink(Strike strike, Relay link) throws InterruptedException {
        switch (strike.fault()) {
            case CUT_DATABASE_LINK, CUT_CLIENT_LINK -> link.cut();
            case DELAY_DATABASE_LINK, DELAY_CLIENT_LINK -> link.delay(strike.latency());
            case HALF_CLOSE_DATABASE_LINK, HALF_CLOSE_CLIENT_LINK -> link.halfClose(strike.direction());
            case RESET_DATABASE_LINK, RESET_CLIENT_LINK -> link.reset();
            case SILENCE_DATABASE_LINK, SILENCE_CLIENT_LINK -> link.fallSilent();
            case KILL_NODE, KILL_DATABASE, STOP_DATABASE_IMMEDIATELY, TERMINATE_BACKENDS, FREEZE_DATABASE ->
                throw new IllegalArgumentException(strike + " is not a network fault");
        }
        Thread.sleep(strike.lasts());
        link.recover();
    }

    /** A statement takes a millisecond, so this repeats until it has found some that were executing. */
    private void terminateBackends(Duration lasts) throws SQLException, InterruptedException {
        long before = terminated;
        long end = System.nanoTime() + lasts.toNanos();
        long latest = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < end || (terminated == before && System.nanoTime() < latest)) {
            terminated += queryNumber("""
                    SELECT count(pg_terminate_backend(pid))
                      FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'
                    """);
            Thread.sleep(5);
        }
    }

    private Connection connect() throws SQLException {
        var uri = URI.create(database);
        var login = uri.getUserInfo().split(":", 2);
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + uri.getPort() + uri.getPath(), login[0], login[1]);
    }

    private long queryNumber(String sql) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var found = statement.executeQuery(sql)) {
            found.next();
            return found.getLong(1);
        }
    }

    private List<Row> rows() throws SQLException {
        var rows = new ArrayList<Row>();
        try (var connection = connect();
                var statement = connection.createStatement();
                var found = statement.executeQuery("SELECT id, phone, name FROM contact")) {
            while (found.next()) {
                rows.add(new Row(found.getObject("id", UUID.class), found.getString("phone"), found.getString("name")));
            }
        }
        return rows;
    }

    private void report(History history) {
        var answers = history.calls().stream()
                .collect(Collectors.groupingBy(
                        call -> switch (call.answer()) {
                            case Told told -> "200";
                            case Refused refused -> Integer.toString(refused.status());
                            case Lost lost -> "lost";
                        },
                        TreeMap::new,
                        Collectors.counting()));
        System.out.printf(
                "FaultsIT: %d requests, responses %s%n", history.calls().size(), answers);
        System.out.println("FaultsIT: longest time without service, in ms, from the strike to its end and beyond:");
        System.out.printf("%-28s %7s %10s %10s %18s%n", "fault", "strikes", "both nodes", "one node", "after its end");
        tolls.forEach((fault, toll) -> System.out.printf(
                "%-28s %7d %10d %10d %18d%n",
                fault.word(),
                toll.strikes,
                toll.longestOfWhole.toMillis(),
                toll.longestOfNode.toMillis(),
                toll.longestRecovery.toMillis()));
        System.out.printf("FaultsIT: %d executing backends were terminated%n", terminated);
    }

    /** Counts the nodes' warnings by message. */
    private void readLogs() throws IOException {
        var warnings = new TreeMap<String, Integer>();
        for (var node : List.of("node-0", "node-1")) {
            try (var files = Files.list(directory.resolve(node))) {
                for (var log : files.filter(Files::isRegularFile).toList()) {
                    try (var lines = Files.lines(log)) {
                        lines.forEach(line -> {
                            assertThat(line).doesNotContain("+96655").doesNotContain("Guest ");
                            var warning = WARNING.matcher(line);
                            if (warning.find()) {
                                warnings.merge(warning.group(), 1, Integer::sum);
                            }
                        });
                    }
                }
            }
        }
        System.out.println("FaultsIT: warnings of the nodes");
        warnings.forEach((warning, times) -> System.out.printf("%8d %s%n", times, warning));
    }
}
