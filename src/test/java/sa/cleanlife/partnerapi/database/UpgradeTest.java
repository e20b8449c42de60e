package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import sa.cleanlife.partnerapi.Server;
import sa.cleanlife.partnerapi.StartupException;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.Shell;
import sa.cleanlife.partnerapi.testing.SteadyLoad;
import sa.cleanlife.partnerapi.testing.SteadyLoad.Outcome;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** A database written by another version of the server, older or newer. */
@Timeout(60)
class UpgradeTest {
    private static final int NEWEST = newestVersion();

    /** All schema versions that this version can find. */
    static final List<Integer> OLDER = IntStream.range(1, NEWEST).boxed().toList();

    private static final UUID KEY_ID = UUID.fromString("a4fbb6b5-3c3e-4b0c-9d0e-0b1d8cf0a0a1");

    @TempDir
    private Path directory;

    private String database = "";
    private String key = "";

    @BeforeEach
    void make_a_database() {
        database = TestPostgres.newDatabase();
        key = ApiKey.generate(ApiKey.Kind.LIVE, new SecureRandom()).reveal();
    }

    @Nested
    class An_older_schema {
        @ParameterizedTest
        @FieldSource("sa.cleanlife.partnerapi.database.UpgradeTest#OLDER")
        void is_brought_up_to_date_and_keeps_every_row(int version) throws SQLException {
            TestPostgres.migrateTo(Integer.toString(version), database);
            writeRows(database, version, key);
            var columns = columns();
            var before = rows(columns);
            assertThat(before)
                    .allSatisfy((table, rows) -> assertThat(rows).as(table).isNotEmpty());

            RunningApi.start(database, Clock.systemUTC()).close();

            assertThat(rows(columns)).isEqualTo(before);
        }

        @ParameterizedTest
        @FieldSource("sa.cleanlife.partnerapi.database.UpgradeTest#OLDER")
        void serves_the_contacts_and_keys_that_it_holds(int version) {
            TestPostgres.migrateTo(Integer.toString(version), database);
            writeRows(database, version, key);

            try (var server = RunningApi.start(database, Clock.systemUTC())) {
                var hotel = new TestPartner(server, "hotel", KEY_ID, key);
                var found = hotel.postContact("+966500000900", "Somebody Else");

                assertThat(found.isNewContact()).isFalse();
                assertThat(found.data().get("name").asString()).isEqualTo("أحمد علي");
                assertThat(hotel.getContact(found.id()).id()).isEqualTo(found.id());
                assertThat(hotel.postContact("+966500000901", "Sara Ali").isNewContact())
                        .isTrue();
            }
        }

        /** A quota that began anew with each version would allow a key more contacts with every upgrade. */
        @Test
        void keeps_what_keys_have_used() {
            TestPostgres.migrateTo("3", database);
            writeRows(database, 3, key);
            TestPostgres.execute(database, """
                    UPDATE api_key SET new_contacts_per_day = 9, last_used_at = '2026-01-02T03:04:05Z';
                    INSERT INTO new_contacts (key_id, slot, contacts)
                    VALUES ('%1$s', date_trunc('hour', now()) - interval '2 h', 6),
                           ('%1$s', date_trunc('hour', now()) - interval '3 h', 2)
                    """.formatted(KEY_ID));

            try (var server = RunningApi.start(database, Clock.systemUTC())) {
                var hotel = new TestPartner(server, "hotel", KEY_ID, key);
                var shown = Shell.onDatabase(directory, database)
                        .run("key show --json " + KEY_ID)
                        .json();

                assertThat(shown.get("newContactsInDay").asInt()).isEqualTo(8);
                assertThat(shown.get("newContactsInHour").asInt()).isZero();
                assertThat(shown.get("lastUsedAt").asString()).isEqualTo("2026-01-02T03:04:05Z");
                assertThat(hotel.postContact("+966500000902", "Sara Ali").isNewContact())
                        .isTrue();
                hotel.postContact("+966500000903", "Sara Ali").error(429, "RATE_LIMIT_EXCEEDED");
            }
        }

        /**
         * Nodes of the previous version write, until the last of them is stopped, under a lock of the key and to the
         * columns and tables that they know. Under both versions together, a key may create up to twice what was left
         * of its quota.
         */
        @Test
        void can_still_be_written_by_nodes_of_the_previous_version_beside_those_of_this_one() throws Exception {
            TestPostgres.migrateTo("3", database);
            writeRows(database, 3, key);
            TestPostgres.execute(database, "UPDATE api_key SET new_contacts_per_day = 2");
            try (var oldNode = TestPostgres.connect(database);
                    var statement = oldNode.createStatement()) {
                try (var server = RunningApi.start(database, Clock.systemUTC())) {
                    oldNode.setAutoCommit(false);
                    statement.execute("""
                            SELECT id FROM api_key WHERE id = '%1$s' FOR NO KEY UPDATE;
                            INSERT INTO new_contacts (key_id, slot, contacts) VALUES ('%1$s', now(), 2)
                                ON CONFLICT (key_id, slot) DO UPDATE SET contacts = new_contacts.contacts + excluded.contacts;
                            INSERT INTO key_day (key_id, day, calls) VALUES ('%1$s', '2026-01-02', 3)
                                ON CONFLICT (key_id, day) DO UPDATE SET calls = key_day.calls + excluded.calls;
                            UPDATE api_key SET last_used_at = now(), new_contacts_warned_at = now() WHERE id = '%1$s';
                            DELETE FROM new_contacts WHERE slot < '2026-01-02T03:06:00Z'
                            """.formatted(KEY_ID));

                    var hotel = new TestPartner(server, "hotel", KEY_ID, key);
                    assertThat(hotel.postContact("+966500000904", "Sara Ali").isNewContact())
                            .isTrue();
                    assertThat(hotel.postContact("+966500000905", "Sara Ali").isNewContact())
                            .isTrue();
                    hotel.postContact("+966500000906", "Sara Ali").error(429, "RATE_LIMIT_EXCEEDED");
                    var revoked = server.newPartner();
                    assertThat(revoked.isLetIn()).isTrue();
                    Shell.onDatabase(directory, database)
                            .run("key revoke " + revoked.keyId())
                            .table();
                    DataDirectory.await("the revocation", revoked::isRefused);
                    // A node that stops writes the use of its keys.
                }
                assertThat(number("SELECT calls FROM key_day WHERE key_id = '%s' AND day > '2026-01-02'"))
                        .isEqualTo(3);
                assertThat(number("SELECT count(*) FROM key_use WHERE key_id = '%s'"))
                        .isEqualTo(1);

                oldNode.commit();
            }
            assertThat(number("SELECT calls FROM key_day WHERE key_id = '%s' AND day = '2026-01-02'"))
                    .isEqualTo(15);
            assertThat(number("SELECT sum(contacts) FROM new_contacts WHERE key_id = '%s'"))
                    .isEqualTo(2);
            assertThat(
                            number(
                                    "SELECT sum(created) FROM new_contact_window, unnest(contacts) AS created WHERE key_id = '%s'"))
                    .isEqualTo(2);
        }

        private long number(String ofKey) {
            return TestPostgres.queryNumber(database, ofKey.formatted(KEY_ID));
        }

        /** By the statements of that version, which name neither the labels nor the warnings. */
        @Test
        void may_be_written_to_by_nodes_that_know_no_labels_and_keeps_labels_and_warnings() {
            TestPostgres.migrateTo("4", database);
            writeRows(database, 4, key);

            try (var server = RunningApi.start(database, Clock.systemUTC())) {
                TestPostgres.execute(database, """
                        UPDATE api_key SET label = 'kiosk';
                        UPDATE key_use SET expiry_warned_at = '2026-01-03T00:00:00Z'
                        """);
                TestPostgres.execute(database, """
                        INSERT INTO api_key (id, partner_id, hash, prefix, last_four, created_at,
                                             permissions, allowed_addresses, rate_limit, new_contacts_per_day, expires_at)
                        SELECT gen_random_uuid(), partner_id, sha256('another'), prefix, last_four, created_at,
                               permissions, allowed_addresses, rate_limit, new_contacts_per_day, expires_at
                          FROM api_key;
                        UPDATE api_key SET expires_at = '2126-01-01T00:00:00Z', revoked_at = NULL, successor_id = NULL
                         WHERE id = '%1$s';
                        INSERT INTO key_use AS u (key_id, last_used_at) VALUES ('%1$s', now())
                            ON CONFLICT (key_id) DO UPDATE SET last_used_at = excluded.last_used_at
                         WHERE u.last_used_at < excluded.last_used_at - interval '1 minute';
                        UPDATE access_version SET version = gen_random_uuid()
                        """.formatted(KEY_ID));

                assertThat(new TestPartner(server, "hotel", KEY_ID, key).isLetIn())
                        .isTrue();
                var listed = Shell.onDatabase(directory, database)
                        .run("key list --json")
                        .json();
                assertThat(listed).hasSize(2);
                assertThat(listed)
                        .extracting(each -> each.get("label").toString())
                        .containsExactlyInAnyOrder("\"kiosk\"", "null");
                assertThat(
                                number(
                                        "SELECT count(*) FROM key_use WHERE key_id = '%s' AND expiry_warned_at = '2026-01-03T00:00:00Z'"))
                        .isEqualTo(1);
            }
        }

        @Test
        void is_brought_up_to_date_by_a_command_too() {
            TestPostgres.migrateTo("1", database);
            writeRows(database, 1, key);

            var listed =
                    Shell.onDatabase(directory, database).run("key list --json").json();

            assertThat(listed)
                    .singleElement()
                    .satisfies(each -> assertThat(each.get("id").asString()).isEqualTo(KEY_ID.toString()));
            assertThat(versions())
                    .isEqualTo(IntStream.rangeClosed(1, NEWEST).boxed().toList());
        }

        @Test
        void stays_as_it_was_when_a_migration_fails_and_is_brought_up_to_date_later() throws SQLException {
            TestPostgres.migrateTo("1", database);
            writeRows(database, 1, key);
            // The second migration creates this function last, so that everything before has been done when it fails.
            TestPostgres.execute(database, "CREATE FUNCTION refuse_to_edit_audit() RETURNS int RETURN 1");
            var before = everything();

            assertThat(refusalToStart())
                    .startsWith("The schema of the database at ")
                    .endsWith(" could not be brought up to date (migration 2: SQLSTATE 42723).");

            assertThat(everything()).isEqualTo(before);
            TestPostgres.execute(database, "DROP FUNCTION refuse_to_edit_audit()");
            RunningApi.start(database, Clock.systemUTC()).close();
            assertThat(versions())
                    .isEqualTo(IntStream.rangeClosed(1, NEWEST).boxed().toList());
        }
    }

    @Nested
    class A_newer_schema {
        @Test
        void is_refused_by_the_server_and_left_as_it_is() throws Exception {
            migrateBeyond();
            var before = everything();

            var run = shell().runProcess("serve");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines().filter(line -> !line.startsWith("{")))
                    .singleElement()
                    .asString()
                    .endsWith(
                            " is not one that this version knows, so a newer version has written it: run that, or restore a backup.");
            assertThat(everything()).isEqualTo(before);
        }

        @Test
        void is_refused_by_a_command_and_left_as_it_is() throws Exception {
            migrateBeyond();
            var before = everything();

            for (var command : List.of("partner add newcomer", "key revoke " + KEY_ID, "audit list")) {
                var run = shell().run(command);

                assertThat(run.exitCode()).as(command).isEqualTo(1);
                assertThat(run.out()).as(command).isEmpty();
                assertThat(run.err())
                        .hasLineCount(1)
                        .contains("The schema of the database at ", "run that, or restore a backup.");
            }
            assertThat(everything()).isEqualTo(before);
        }

        @Test
        void may_be_installed_while_servers_of_this_version_keep_running() throws Exception {
            List<Outcome> outcomes;
            try (var server = RunningApi.start(database, Clock.systemUTC())) {
                var hotel = server.newPartner();
                try (var load = SteadyLoad.start(server.port(), hotel.key(), 8, Duration.ofMillis(2))) {
                    DataDirectory.await("the first contacts", () -> load.acknowledged() > 100);
                    migrateTheRunning();
                    var migrated = load.acknowledged();
                    DataDirectory.await("contacts after it", () -> load.acknowledged() > migrated + 100);
                    outcomes = load.stop();
                }
                assertThat(server.newPartner().isLetIn()).isTrue();
            }

            // A request during the lock waits for it, but no longer than for anything else.
            assertThat(SteadyLoad.statuses(outcomes.stream()).keySet()).isSubsetOf(200, 503);
        }

        private Shell shell() {
            var shell = Shell.onDatabase(directory, database);
            shell.set("PARTNER_API_PORT", "0");
            shell.set("PARTNER_API_MANAGEMENT_PORT", "0");
            shell.set("PARTNER_API_LOG", "json");
            return shell;
        }

        private void migrateBeyond() throws IOException {
            RunningApi.start(database, Clock.systemUTC()).close();
            writeRows(database, NEWEST, key);
            migrateTheRunning();
        }

        /** Runs the next migration, as the next version might bring it. */
        private void migrateTheRunning() throws IOException {
            var scripts = Files.createDirectories(directory.resolve("migration"));
            Files.writeString(scripts.resolve("V" + (NEWEST + 1) + "__from_the_future.sql"), """
                    ALTER TABLE contact ADD COLUMN language text;
                    CREATE TABLE address (id uuid PRIMARY KEY);
                    """);
            TestPostgres.migrateWith("filesystem:" + scripts, database);
        }
    }

    /** The error message for the operator. */
    private String refusalToStart() {
        try (var server =
                new Server(RunningApi.settings(Map.of("PARTNER_API_DATABASE_URL", database)), Clock.systemUTC())) {
            return String.valueOf(
                    catchThrowableOfType(StartupException.class, server::start).getMessage());
        }
    }

    /** Writes some rows to every table that exists at this version. */
    static void writeRows(String database, int version, String key) {
        TestPostgres.execute(database, """
                INSERT INTO partner (id, name, status, created_at)
                VALUES ('0b9ed2f5-5f4d-4b0e-8d6e-3b8f0a2d7c11', 'hotel', 'ACTIVE', '2026-01-02T03:04:05Z');
                INSERT INTO partner (id, name, status, created_at)
                VALUES ('0b9ed2f5-5f4d-4b0e-8d6e-3b8f0a2d7c12', 'closed', 'SUSPENDED', '2026-01-02T03:04:05Z');
                INSERT INTO api_key (id, partner_id, hash, prefix, last_four, permissions, created_at)
                SELECT '%s', id, sha256('%s'), 'pk_live_', 'abcd', '{partner_contacts_read}', now()
                  FROM partner
                 WHERE name = 'hotel';
                INSERT INTO contact (id, phone, name, utm_source, created_by_partner, created_by_key)
                VALUES (gen_random_uuid(), '+966500000900', 'أحمد علي', 'PARTNER', gen_random_uuid(), gen_random_uuid());
                INSERT INTO contact (id, phone, name, utm_source, created_by_partner, created_by_key)
                SELECT gen_random_uuid(), '+9665100' || lpad(n::text, 5, '0'), 'Customer ' || n, 'PARTNER',
                       gen_random_uuid(), gen_random_uuid()
                  FROM generate_series(1, 1000) AS n
                """.formatted(KEY_ID, key));
        if (version >= 2) {
            TestPostgres.execute(database, """
                    UPDATE partner SET domains = '{shop.example.com}', sandbox_access = true WHERE name = 'hotel';
                    UPDATE api_key SET rate_limit = 600, new_contacts_per_day = 500;
                    INSERT INTO rate_window (key_id, taken_at, taken) VALUES ('%1$s', '{2026-01-02T03:04:05Z}', '{6}');
                    INSERT INTO key_day (key_id, day, calls) VALUES ('%1$s', '2026-01-02', 12);
                    INSERT INTO new_contacts (key_id, slot, contacts) VALUES ('%1$s', '2026-01-02T03:05:00Z', 7);
                    INSERT INTO audit (id, at, who, what, partner, key_id, after)
                    VALUES (gen_random_uuid(), '2026-01-02T03:04:05Z', 'sara', 'key issue', 'hotel', '%1$s', '{}')
                    """.formatted(KEY_ID));
        }
        if (version >= 4) {
            TestPostgres.execute(database, """
                    INSERT INTO key_use (key_id, last_used_at) VALUES ('%1$s', '2026-01-02T03:04:05Z');
                    INSERT INTO new_contact_window (key_id, slots, contacts)
                    VALUES ('%1$s', '{2026-01-02T03:05:00Z}', '{7}')
                    """.formatted(KEY_ID));
        }
        if (version >= 5) {
            TestPostgres.execute(database, """
                    UPDATE api_key SET label = 'kiosk';
                    UPDATE key_use SET expiry_warned_at = '2026-01-02T03:04:05Z'
                    """);
        }
    }

    /** The current columns by table. */
    private Map<String, String> columns() throws SQLException {
        var columns = new TreeMap<String, String>();
        for (var row : strings("""
                SELECT table_name || ' ' || string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
                  FROM information_schema.columns
                 WHERE table_schema = 'public'
                   AND table_name <> 'flyway_schema_history'
                 GROUP BY table_name
                """)) {
            var words = row.split(" ", 2);
            columns.put(words[0], words[1]);
        }
        return columns;
    }

    private Map<String, List<String>> rows(Map<String, String> columns) throws SQLException {
        var rows = new TreeMap<String, List<String>>();
        for (var table : columns.entrySet()) {
            rows.put(
                    table.getKey(),
                    strings("SELECT row(%s)::text FROM %s ORDER BY 1".formatted(table.getValue(), table.getKey())));
        }
        return rows;
    }

    /** All rows and definitions of the database, and the time of the last write to each table. */
    private List<String> everything() throws SQLException {
        var everything = new ArrayList<String>();
        rows(columns()).forEach((table, rows) -> rows.forEach(row -> everything.add(table + row)));
        everything.addAll(strings("SELECT row(history)::text FROM flyway_schema_history AS history ORDER BY 1"));
        everything.addAll(strings("""
                SELECT concat_ws(' ', relkind, relname, xmin) FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace
                 UNION ALL
                SELECT concat_ws(' ', 'function', proname, xmin) FROM pg_proc
                 WHERE pronamespace = 'public'::regnamespace
                 ORDER BY 1
                """));
        return everything;
    }

    private List<Integer> versions() {
        try {
            return strings("SELECT version FROM flyway_schema_history ORDER BY installed_rank").stream()
                    .map(Integer::valueOf)
                    .toList();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> strings(String sql) throws SQLException {
        try (var connection = TestPostgres.connect(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var strings = new ArrayList<String>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        }
    }

    static int newestVersion() {
        try (Stream<Path> scripts = Files.list(Path.of("src/main/resources/db/migration"))) {
            return scripts.map(script -> script.getFileName().toString())
                    .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__"))))
                    .max()
                    .orElseThrow();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
