package sa.cleanlife.partnerapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.SteadyLoad;
import sa.cleanlife.partnerapi.testing.SteadyLoad.Outcome;

/** Backups of the embedded database, made and restored with the exact commands of {@code docs/operations.md}. */
@Timeout(120)
class BackupIT {
    private static final String BACK_UP = "Backing up the embedded database";
    private static final AtomicInteger PLACES = new AtomicInteger();

    @TempDir
    private static Path directory;

    private static DataDirectory firstData;
    private static String key;

    private OperationsPage page;
    private DataDirectory data;

    @BeforeAll
    static void start_for_the_first_time() throws Exception {
        firstData = DataDirectory.of(directory.resolve("first"));
        try (var server = Launched.serve(firstData)) {
            key = server.printedKey();
        }
    }

    @BeforeEach
    void copy_the_data() throws Exception {
        page = OperationsPage.in(Files.createDirectory(directory.resolve("place-" + PLACES.incrementAndGet())));
        data = firstData.copyTo(page.data());
    }

    @AfterEach
    void kill_what_is_left() throws Exception {
        try (var _ = page) {
            for (var parent : List.of(page.directory(), page.backups(), page.trials())) {
                killIn(parent);
            }
        }
    }

    private static void killIn(Path parent) throws Exception {
        try (var places = Files.newDirectoryStream(parent, Files::isDirectory)) {
            for (var place : places) {
                DataDirectory.of(place).killEverything();
            }
        }
    }

    @AfterAll
    static void kill_what_is_left_of_the_first() throws Exception {
        firstData.killEverything();
    }

    @Tag("slow")
    @Nested
    class Made_while_the_server_runs {
        @Test
        void has_every_contact_that_was_acknowledged_before_it_began() throws Exception {
            assumeThatPsqlIsThere();
            List<Outcome> before;
            try (var server = Launched.serve(data);
                    var load = SteadyLoad.start(server.port(), key, 8, Duration.ofMillis(1))) {
                DataDirectory.await("the first contacts", () -> load.acknowledged() > 500);
                before = load.outcomes();
                var isOver = new AtomicBoolean();
                var moving = CompletableFuture.runAsync(() -> keepMovingOn(isOver));

                var backup = page.paste(BACK_UP, 0);

                isOver.set(true);
                moving.join();
                assertThat(backup.exitCode()).as(backup.err()).isZero();
                assertThat(backup.out()).matches("The backup is in \\S+/partner-api-1 \\(\\d+ MB\\)\\.\n");
                assertThat(backup.err()).isEmpty();
                long after = load.acknowledged();
                DataDirectory.await("contacts after it", () -> load.acknowledged() > after + 100);
                assertThat(SteadyLoad.statuses(load.stop().stream()).keySet()).containsExactly(200);
                awaitTheEndOfItsSlot();
            }

            var restored = page.paste("Restoring the embedded database", 0);

            assertThat(restored.table()).contains("sandbox");
            assertWhole(before);
            assertThat(page.paste("After a restore", 0).exitCode()).isZero();
        }

        @Test
        void may_be_named_by_date_and_tried_without_being_changed() throws Exception {
            assumeThatPsqlIsThere();
            try (var server = Launched.serve(data)) {
                assertThat(server.isAlive()).isTrue();

                assertThat(page.paste(BACK_UP, 1).table()).containsPattern("/partner-api-\\d{4}-\\d\\d-\\d\\d ");
                assertThat(page.paste(BACK_UP, 0).exitCode()).isZero();
                var trial = page.paste("Trying a backup", 0);

                assertThat(trial.table()).contains("sandbox");
                assertThat(page.backups().resolve("partner-api-1/database/backup_label"))
                        .exists();
                assertThat(page.trials()).isEmptyDirectory();
            }
        }

        @Test
        void leaves_nothing_behind_when_a_file_cannot_be_copied() throws Exception {
            assumeThatPsqlIsThere();
            var tools = Files.createDirectory(page.directory().resolve("tools"));
            var failing = Files.writeString(
                    tools.resolve("cp"), "#!/bin/sh\ncase $* in (*PG_VERSION*) exit 1 ;; esac\nexec /bin/cp \"$@\"\n");
            assertThat(failing.toFile().setExecutable(true)).isTrue();
            try (var server = Launched.serve(data)) {
                assertThat(server.isAlive()).isTrue();

                var backup = page.with(Map.of("PATH", tools + ":" + System.getenv("PATH")))
                        .paste(BACK_UP, 0);

                assertThat(backup.exitCode()).isEqualTo(1);
                assertThat(backup.out()).isEmpty();
                assertThat(backup.err())
                        .isEqualTo("backup: the backup failed for the reason above; the incomplete copy was removed\n");
                assertThat(page.backups()).isEmptyDirectory();
                awaitTheEndOfItsSlot();
            }
        }
    }

    @Tag("slow")
    @Nested
    class Made_while_the_server_is_stopped {
        @Test
        void has_every_contact() throws Exception {
            List<Outcome> all;
            try (var server = Launched.serve(data);
                    var load = SteadyLoad.start(server.port(), key, 8, Duration.ofMillis(1))) {
                DataDirectory.await("the first contacts", () -> load.acknowledged() > 500);
                all = load.stop();
                server.signal("TERM");
                assertThat(server.exitCode()).isZero();
            }

            assertThat(page.paste(BACK_UP, 2).exitCode()).isZero();
            data = DataDirectory.of(page.backups().resolve("partner-api-2"));

            assertWhole(all);
        }
    }

    @Nested
    class Refused {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "                               | Give one directory, for example",
                    "''                             | Give one directory, for example",
                    "a b                            | Give one directory, for example",
                    "--compress                     | There is no option --compress; see ./ops/backup/embedded --help.",
                    "data                           | data exists already; a backup needs a directory of its own.",
                    "nowhere/backup                 | There is no directory nowhere.",
                    "data/backup                    | data/backup is inside the data directory; choose a directory outside it.",
                })
        void is_an_invalid_destination_and_leaves_nothing_behind(String typed, String sentence) throws Exception {
            var run = page.type("./ops/backup/embedded " + (typed == null ? "" : typed));

            assertThat(run.refusal()).startsWith("backup: " + sentence);
            assertThat(page.data().resolve("backup.unfinished")).doesNotExist();
        }

        @Test
        void is_a_database_of_your_own() throws Exception {
            var run = page.with(Map.of("PARTNER_API_DATABASE_URL", "postgresql://a:hunter2@b/c"))
                    .paste(BACK_UP, 0);

            assertThat(run.refusal()).contains("docs/operations.md").doesNotContain("hunter2");
        }

        @Test
        void is_a_stopped_server_with_the_command_to_use_instead() throws Exception {
            var run = page.paste(BACK_UP, 0);

            assertThat(run.sentence(1)).contains("While the server is stopped, copy the directory: cp -Rp ");
            assertThat(page.backups()).isEmptyDirectory();
        }

        @Test
        void is_a_directory_without_a_database() throws Exception {
            var run = page.with(Map.of("PARTNER_API_DATA_DIR", "elsewhere")).paste(BACK_UP, 0);

            assertThat(run.sentence(1)).contains("There is no embedded database in elsewhere");
        }
    }

    /**
     * Makes PostgreSQL move past the checkpoint that a backup starts from, and remove the write-ahead log that no
     * replication slot keeps.
     */
    private void keepMovingOn(AtomicBoolean isOver) {
        try (var connection = data.connect();
                var statement = connection.createStatement()) {
            while (!isOver.get()) {
                statement.execute("SELECT pg_switch_wal()");
                statement.execute("CHECKPOINT");
                Thread.sleep(200);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** PostgreSQL drops the slot when it notices that psql is gone. */
    private void awaitTheEndOfItsSlot() throws Exception {
        DataDirectory.await(
                "the end of the replication slot",
                () -> data.queryNumber("SELECT count(*) FROM pg_replication_slots") == 0);
    }

    private static void assumeThatPsqlIsThere() {
        boolean isThere = List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(place -> Files.isExecutable(Path.of(place, "psql")));
        if (!isThere) {
            System.out.println("BackupIT: skipped: psql is not installed");
        }
        Assumptions.assumeTrue(isThere);
    }

    /** Asserts that every acknowledged contact is there, nothing is damaged, and the server still serves. */
    private void assertWhole(List<Outcome> outcomes) throws Exception {
        try (var server = Launched.serve(data);
                var client = new LoadClient(16)) {
            int port = server.port();
            var acknowledged = outcomes.stream().filter(Outcome::isAcknowledged).toList();
            assertThat(acknowledged).hasSizeGreaterThan(500);
            var found = LoadClient.all(acknowledged.stream()
                    .map(each -> client.postContact(port, key, each.phone(), "Somebody Else"))
                    .toList());
            assertThat(found.stream().map(each -> each.id() + each.name() + each.isNewContact()))
                    .isEqualTo(acknowledged.stream()
                            .map(each -> each.reply().orElseThrow().id() + each.name() + false)
                            .toList());
            assertThat(LoadClient.await(client.postContact(port, key, "+966500000001", "Sara Ali"))
                            .isNewContact())
                    .isTrue();
            assertThat(data.queryNumber("SELECT count(*) - count(DISTINCT phone) FROM contact"))
                    .isZero();
            assertUndamaged();
        }
    }

    /** Asserts with PostgreSQL's own checks that nothing is damaged. */
    private void assertUndamaged() throws Exception {
        try (var connection = data.connect();
                var statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION amcheck");
            // Fails at the first index that does not match its table.
            statement.execute("""
                    SELECT bt_index_check(index.oid, true)
                      FROM pg_class AS index
                     WHERE index.relkind = 'i'
                       AND index.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
                       AND index.relpersistence <> 't'
                    """);
            try (var damages = statement.executeQuery("""
                    SELECT relname, damage.*
                      FROM pg_class, verify_heapam(pg_class.oid) AS damage
                     WHERE relkind = 'r'
                       AND relpersistence = 'p'
                    """)) {
                assertThat(damages.next()).isFalse();
            }
        }
    }
}
