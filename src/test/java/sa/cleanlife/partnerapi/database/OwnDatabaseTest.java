package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static sa.cleanlife.partnerapi.testing.TestPostgres.asRole;
import static sa.cleanlife.partnerapi.testing.TestPostgres.execute;
import static sa.cleanlife.partnerapi.testing.TestPostgres.nameOf;
import static sa.cleanlife.partnerapi.testing.TestPostgres.newDatabase;
import static sa.cleanlife.partnerapi.testing.TestPostgres.ownedByNewRole;
import static sa.cleanlife.partnerapi.testing.TestPostgres.queryNumber;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.RequiredGrants;
import sa.cleanlife.partnerapi.Server;
import sa.cleanlife.partnerapi.Settings;
import sa.cleanlife.partnerapi.StartupException;
import sa.cleanlife.partnerapi.testing.CapturedLog;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.Shell;
import sa.cleanlife.partnerapi.testing.TestPostgres;
import sa.cleanlife.partnerapi.testing.TransactionPooler;
import sa.cleanlife.partnerapi.testing.Waiting;

/**
 * An operator's own database and role, in configurations that PostgreSQL allows and the server must support or reject.
 */
@Timeout(60)
class OwnDatabaseTest {
    private static final String ARABIC = "أحمد علي";

    @TempDir
    private Path directory;

    /** The superuser's URL; the URL of the role under test is derived from it. */
    private final String database = newDatabase();

    @Nested
    class An_encoding {
        @ParameterizedTest
        @ValueSource(strings = {"LATIN1", "SQL_ASCII"})
        void that_cannot_hold_every_name_is_refused(String encoding) {
            var other = newDatabase("ENCODING '%s' LOCALE 'C' TEMPLATE template0".formatted(encoding));

            assertThat(refusalToStart(other))
                    .contains("has the encoding " + encoding, "ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0");
            assertThat(refusalOfCommand(other)).contains("has the encoding " + encoding);
            assertThat(queryNumber(other, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                    .as("tables")
                    .isZero();
        }
    }

    @Nested
    class A_url {
        private final String password =
                database.substring(database.indexOf(':', "postgresql://".length()) + 1, database.indexOf('@'));

        @Test
        void with_a_wrong_password_is_refused_without_telling_it() {
            assertThat(refusalToStart(database.replace(password, "not-the-password")))
                    .contains("refuses the login", "PARTNER_API_DATABASE_URL")
                    .doesNotContain("not-the-password", password);
        }

        @Test
        void of_a_missing_database_is_refused_without_telling_the_password() {
            assertThat(refusalToStart(database + "_missing"))
                    .contains("_missing", "PARTNER_API_DATABASE_URL")
                    .doesNotContain(password);
        }
    }

    @Nested
    class A_database_that_does_not_wait_for_its_disk {
        @Test
        void is_refused_unless_told_otherwise() {
            execute(database, "ALTER DATABASE " + nameOf(database) + " SET synchronous_commit = off");

            assertThat(refusalToStart(database)).contains("synchronous_commit off", "PARTNER_API_RISK_LOSING_CONTACTS");
            try (var server = RunningApi.start(database, Map.of("PARTNER_API_RISK_LOSING_CONTACTS", "true"))) {
                assertThat(server.newPartner().isLetIn()).isTrue();
            }
        }
    }

    @Nested
    class Settings_of_the_role {
        private static final List<String> ODD = List.of(
                "standard_conforming_strings = off",
                "client_encoding = 'LATIN1'",
                "search_path = 'nowhere'",
                "default_transaction_isolation = 'serializable'",
                "lock_timeout = '1ms'",
                "statement_timeout = '1s'",
                "idle_in_transaction_session_timeout = '1s'",
                "idle_session_timeout = '1s'",
                "transaction_timeout = '1s'",
                "DateStyle = 'SQL, DMY'",
                "IntervalStyle = 'sql_standard'",
                "TimeZone = 'Pacific/Kiritimati'",
                "bytea_output = 'escape'",
                "array_nulls = off",
                "extra_float_digits = -15",
                "transform_null_equals = on");

        private String ownedByOddRole() {
            var url = ownedByNewRole(database);
            ODD.forEach(setting -> alterRole("SET " + setting));
            return url;
        }

        @Test
        void neither_spoil_the_schema_nor_keep_a_contact_from_being_created_and_found() throws SQLException {
            var url = ownedByOddRole();
            var plain = newDatabase();
            RunningApi.start(plain, Clock.systemUTC()).close();

            try (var server = RunningApi.start(url, Clock.systemUTC())) {
                var partner = server.newPartner();
                var phone = RunningApi.newPhone();
                assertThat(partner.postContact(phone, ARABIC).isNewContact()).isTrue();
                var found = partner.postContact(phone, "Somebody Else");

                assertThat(found.isNewContact()).isFalse();
                assertThat(found.data().get("name").asString()).isEqualTo(ARABIC);
            }
            assertThat(checks(database)).isNotEmpty().isEqualTo(checks(plain));
        }

        @Test
        void apply_to_no_session_of_the_server() {
            var url = ownedByOddRole();
            var vertx = Vertx.vertx();
            var sessions = new Database(vertx, DatabaseUrl.parse(url));
            try {
                var names =
                        ODD.stream().map(setting -> setting.split(" ", 2)[0]).toList();
                var single = sessions.query(
                                "SELECT name || ' = ' || setting AS setting FROM pg_settings WHERE source IN ('user', 'database user') AND name = ANY ($1)",
                                Sql.tuple((Object) names.toArray(String[]::new)))
                        .await();

                assertThat(single.stream().map(row -> row.getString("setting")))
                        .containsExactlyInAnyOrder("extra_float_digits = -15", "transform_null_equals = on");
            } finally {
                sessions.close().await();
                vertx.close().await();
            }
        }

        @Test
        void change_nothing_for_commands() {
            var shell = Shell.onDatabase(directory, ownedByOddRole());

            shell.run("partner add hotel").table();
            shell.run("key issue --partner hotel --permission partner_contacts_read")
                    .table();

            assertThat(shell.run("audit list --json").out().lines()).isNotEmpty();
        }

        /** The CHECK constraints of all tables, which contain literals. */
        private static List<String> checks(String uri) throws SQLException {
            try (var connection = TestPostgres.connect(uri);
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("""
                            SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid)
                              FROM pg_constraint
                             WHERE connamespace = 'public'::regnamespace
                             ORDER BY 1
                            """)) {
                var checks = new ArrayList<String>();
                while (rows.next()) {
                    checks.add(rows.getString(1));
                }
                return checks;
            }
        }
    }

    @Nested
    class The_search_path {
        @Test
        void hides_no_contact_when_it_is_changed_later() {
            var url = ownedByNewRole(database);
            var phone = RunningApi.newPhone();
            try (var server = RunningApi.start(url, Clock.systemUTC())) {
                server.newPartner().postContact(phone, ARABIC).data();
            }
            execute(url, "CREATE SCHEMA other; CREATE TABLE other.contact (LIKE public.contact INCLUDING ALL)");
            alterRole("SET search_path = other, public");
            assertThat(isFound(url, phone)).isTrue();
            alterRole("SET search_path = other");
            assertThat(isFound(url, phone)).isTrue();
        }

        @Test
        void hides_no_contact_in_the_schema_of_the_role() {
            var url = ownedByNewRole(database);
            var schema = nameOf(database);
            execute(url, "CREATE SCHEMA AUTHORIZATION " + schema);
            var phone = RunningApi.newPhone();
            try (var server = RunningApi.start(url, Clock.systemUTC())) {
                server.newPartner().postContact(phone, ARABIC).data();
            }

            alterRole("SET search_path = public");

            assertThat(isFound(url, phone)).isTrue();
            assertThat(tablesNamedContact()).isEqualTo(1);
        }

        @Test
        void hides_no_contact_from_a_role_that_takes_the_place_of_another() {
            var owner = nameOf(database);
            execute(ownedByNewRole(database), "CREATE SCHEMA AUTHORIZATION " + owner);
            var phone = RunningApi.newPhone();
            try (var server = RunningApi.start(asRole(owner, database), Clock.systemUTC())) {
                server.newPartner().postContact(phone, ARABIC).data();
            }

            var successor = owner + "_next";
            execute(database, "CREATE ROLE %1$s LOGIN PASSWORD '%1$s' IN ROLE %2$s".formatted(successor, owner));

            assertThat(isFound(asRole(successor, database), phone)).isTrue();
            assertThat(tablesNamedContact()).isEqualTo(1);
        }

        @Test
        void leaves_it_to_the_operator_when_several_schemas_hold_the_tables() {
            var url = ownedByNewRole(database);
            RunningApi.start(url, Clock.systemUTC()).close();
            execute(url, """
                    CREATE SCHEMA "Other one";
                    CREATE TABLE "Other one".contact (LIKE public.contact INCLUDING ALL);
                    CREATE TABLE "Other one".access_version (LIKE public.access_version);
                    CREATE TABLE "Other one".flyway_schema_history (LIKE public.flyway_schema_history)
                    """);

            assertThat(refusalToStart(url)).contains("in more than one schema (public, Other one)");
            assertThat(refusalOfCommand(url)).contains("in more than one schema (public, Other one)");
        }

        private long tablesNamedContact() {
            return queryNumber(database, "SELECT count(*) FROM pg_class WHERE relname = 'contact'");
        }

        private boolean isFound(String url, String phone) {
            try (var server = RunningApi.start(url, Clock.systemUTC())) {
                return !server.newPartner().postContact(phone, "Somebody Else").isNewContact();
            }
        }

        @Test
        void chooses_the_schema_of_a_new_database() {
            var url = ownedByNewRole(database);
            execute(url, "CREATE SCHEMA AUTHORIZATION " + nameOf(database));
            var phone = RunningApi.newPhone();

            try (var server = RunningApi.start(url, Clock.systemUTC())) {
                server.newPartner().postContact(phone, ARABIC).data();
            }

            assertThat(queryNumber(url, "SELECT count(*) FROM %s.contact".formatted(nameOf(database))))
                    .isEqualTo(1);
            assertThat(isFound(url, phone)).isTrue();
        }
    }

    @Nested
    class A_role_that_may_not_write {
        @Test
        void is_reported_until_it_may() throws Exception {
            var url = ownedByNewRole(database);
            alterRole("SET default_transaction_read_only = on");

            assertThat(refusalOfCommand(url))
                    .contains("cannot be written to (default_transaction_read_only is on)", "for the role");
            assertReportedUntil(
                    url, "default_transaction_read_only is on", () -> alterRole("RESET default_transaction_read_only"));
        }

        @Test
        void is_refused_when_it_may_not_create_the_tables() {
            ownedByNewRole(database);
            var role = nameOf(database) + "_run";
            execute(database, "CREATE ROLE %1$s LOGIN PASSWORD '%1$s'".formatted(role));

            assertThat(refusalToStart(asRole(role, database)))
                    .contains(
                            "the role may not create or change tables, SQLSTATE 42501",
                            "as the owner",
                            "GRANT SELECT ON public.flyway_schema_history TO " + role + ";",
                            "GRANT SELECT, INSERT ON public.contact TO " + role + ";");
            assertThat(refusalOfCommand(asRole(role, database))).contains("SQLSTATE 42501");
        }

        @Test
        void is_reported_once_and_writes_as_soon_as_it_may() {
            var url = ownedByNewRole(database);
            try (var log = CapturedLog.open();
                    var server = RunningApi.start(url, Clock.systemUTC())) {
                var partner = server.newPartner();
                alterRole("SET default_transaction_read_only = on");
                endConnections();
                Waiting.until(() -> hasLine(log, "database unavailable", "default_transaction_read_only is on"));

                assertThat(partner.postContact(RunningApi.newPhone(), ARABIC).status())
                        .isEqualTo(503);
                assertThat(log.text().stream().filter(line -> line.contains("database unavailable")))
                        .hasSize(1);

                alterRole("RESET default_transaction_read_only");
                Waiting.until(() -> hasLine(log, "database available again"));
                assertThat(partner.postContact(RunningApi.newPhone(), ARABIC).isNewContact())
                        .isTrue();
            }
        }
    }

    /** As the documentation lists them; the role of these tests owns nothing. */
    @Nested
    class Least_privileges {
        private final String role = nameOf(database) + "_run";

        private String granted() {
            RunningApi.start(ownedByNewRole(database), Clock.systemUTC()).close();
            execute(database, "CREATE ROLE %1$s LOGIN PASSWORD '%1$s'".formatted(role));
            RequiredGrants.ALL.forEach(
                    grant -> grant(String.join(", ", grant.privileges()), String.join(", ", grant.tables())));
            return asRole(role, database);
        }

        private void grant(String privileges, String table) {
            execute(database, "GRANT %s ON %s TO %s".formatted(privileges, table, role));
        }

        @Test
        void are_enough_for_the_server_and_for_commands() {
            var url = granted();

            try (var server = RunningApi.start(url, Clock.systemUTC())) {
                assertThat(server.newPartner()
                                .postContact(RunningApi.newPhone(), ARABIC)
                                .isNewContact())
                        .isTrue();
            }
        }

        @Test
        void each_lacking_alone_is_refused_with_its_grant() {
            var url = granted();
            for (var grant : RequiredGrants.ALL) {
                for (var table : grant.tables()) {
                    for (var privilege : grant.privileges()) {
                        execute(database, "REVOKE %s ON %s FROM %s".formatted(privilege, table, role));

                        assertThat(refusalOfCommand(url))
                                .as(privilege + " on " + table)
                                .endsWith(": GRANT %s ON public.%s TO %s;".formatted(privilege, table, role));

                        grant(privilege, table);
                    }
                }
            }
            assertThat(refusalToStartWithout(url, "INSERT ON contact")).contains("GRANT INSERT ON public.contact");
        }

        private String refusalToStartWithout(String url, String privilege) {
            execute(database, "REVOKE %s FROM %s".formatted(privilege, role));
            return refusalToStart(url);
        }

        @Test
        void of_reading_alone_are_refused_with_the_grants_for_writing() {
            RunningApi.start(ownedByNewRole(database), Clock.systemUTC()).close();
            execute(database, """
                    CREATE ROLE %1$s LOGIN PASSWORD '%1$s';
                    GRANT SELECT ON ALL TABLES IN SCHEMA public TO %1$s
                    """.formatted(role));

            var refusal = refusalToStart(asRole(role, database));

            assertThat(refusal)
                    .contains("lacks privileges", "GRANT INSERT ON public.contact TO %s;".formatted(role))
                    .doesNotContain("SELECT");
            execute(database, refusal.substring(refusal.indexOf("GRANT")));
            RunningApi.start(asRole(role, database), Clock.systemUTC()).close();
        }

        @Test
        void of_none_are_refused_with_all_grants_which_are_enough() {
            execute(ownedByNewRole(database), "CREATE SCHEMA AUTHORIZATION " + nameOf(database));
            RunningApi.start(asRole(nameOf(database), database), Clock.systemUTC())
                    .close();
            execute(database, "CREATE ROLE %1$s LOGIN PASSWORD '%1$s'".formatted(role));

            var refusal = refusalToStart(asRole(role, database));

            assertThat(refusal).contains("may not be used by this role", "GRANT USAGE ON SCHEMA");
            execute(database, refusal.substring(refusal.indexOf("GRANT")));
            RunningApi.start(asRole(role, database), Clock.systemUTC()).close();
        }
    }

    @Nested
    class Another_programs_tables {
        @Test
        void are_told_from_those_of_this_server_by_their_history() {
            var url = ownedByNewRole(database);
            execute(url, """
                    CREATE TABLE flyway_schema_history (
                        installed_rank integer PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL,
                        type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum integer,
                        installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(),
                        execution_time integer NOT NULL, success boolean NOT NULL);
                    INSERT INTO flyway_schema_history
                    SELECT n, n, 'create users', 'SQL', 'V' || n || '__create_users.sql', 1, 'app', now(), 5, true
                      FROM generate_series(1, 99) AS n
                    """);
            for (int versions = 99; versions > 0; versions = versions > 4 ? 4 : versions - 1) {
                execute(url, "DELETE FROM flyway_schema_history WHERE installed_rank > " + versions);

                assertThat(refusalToStart(url))
                        .as(versions + " versions")
                        .contains("it holds another program's tables; name a database of the server's own");
            }
            assertThat(queryNumber(database, "SELECT count(*) FROM pg_class WHERE relname = 'contact'"))
                    .isZero();
        }
    }

    @Nested
    class A_table_of_an_older_version {
        @Test
        void whose_check_lost_its_backslash_is_refused_with_the_statement_that_mends_it() {
            var url = ownedByNewRole(database);
            RunningApi.start(url, Clock.systemUTC()).close();
            execute(url, """
                    ALTER TABLE contact DROP CONSTRAINT contact_phone_check;
                    SET standard_conforming_strings = off;
                    ALTER TABLE contact ADD CHECK (phone ~ '^\\+966[1-9][0-9]{6,11}$')
                    """);

            var refusal = refusalToStart(url);

            assertThat(refusal).contains("a check that no new contact passes", "ALTER TABLE public.contact");
            execute(url, refusal.substring(refusal.indexOf("ALTER TABLE")));
            try (var server = RunningApi.start(url, Clock.systemUTC())) {
                assertThat(server.newPartner()
                                .postContact(RunningApi.newPhone(), ARABIC)
                                .isNewContact())
                        .isTrue();
            }
        }
    }

    @Nested
    class A_role_without_triggers {
        @Test
        void is_refused() {
            var url = ownedByNewRole(database);
            alterRole("SET session_replication_role = replica");

            assertThat(refusalToStart(url)).contains("has session_replication_role replica", "Set it to origin.");
        }
    }

    @Nested
    class A_connection_limit {
        @Test
        void is_reported_until_it_is_raised() throws Exception {
            var url = ownedByNewRole(database);
            alterRole("CONNECTION LIMIT 0");

            assertThat(refusalOfCommand(url))
                    .contains("refuses the connection (connection limit reached, SQLSTATE 53300)", "CONNECTION LIMIT");
            assertReportedUntil(
                    url, "connection limit reached, SQLSTATE 53300", () -> alterRole("CONNECTION LIMIT -1"));
        }

        @Test
        void that_is_reached_while_the_server_runs_is_reported_with_its_remedy() throws Exception {
            var url = ownedByNewRole(database);
            try (var log = CapturedLog.open();
                    var server = RunningApi.start(url, Clock.systemUTC())) {
                var partner = server.newPartner();
                alterRole("CONNECTION LIMIT 0");
                endConnections();

                Waiting.until(() -> hasLine(log, "database unavailable", "connection limit reached", "Raise"));

                alterRole("CONNECTION LIMIT -1");
                Waiting.until(
                        () -> partner.postContact(RunningApi.newPhone(), ARABIC).status() == 200);
            }
        }

        @Test
        void below_what_a_server_may_need_is_reported_at_the_start() {
            var url = ownedByNewRole(database);
            alterRole("CONNECTION LIMIT 4");
            try (var log = CapturedLog.open();
                    var server = RunningApi.start(url, Clock.systemUTC())) {
                Waiting.until(() -> hasLine(log, "connection limit below what a server may need", "connections=4"));
                assertThat(server.port()).isPositive();
            }
        }
    }

    @Nested
    class A_pooler {
        @ParameterizedTest
        @CsvSource({"1, LATEST", "2, LATEST", "2, IN_TURN", "3, IN_TURN"})
        void that_shares_sessions_is_refused(int sessions, TransactionPooler.Order order) throws IOException {
            try (var pooler = TransactionPooler.to(database, sessions, order)) {
                assertThat(refusalToStart(pooler.url()))
                        .contains("cannot be used through this pooler", "pool_mode = session");
            }
            try (var pooler = TransactionPooler.to(database, sessions, order)) {
                assertThat(refusalOfCommand(pooler.url())).contains("pool_mode = session");
            }
        }
    }

    private void endConnections() {
        execute(database, """
                SELECT pg_terminate_backend(pid)
                  FROM pg_stat_activity
                 WHERE usename = current_database()
                """);
    }

    private void alterRole(String change) {
        execute(database, "ALTER ROLE %s %s".formatted(nameOf(database), change));
    }

    /**
     * Asserts that the server waits for what can be repaired without changing its settings, reports the reason, and
     * then serves.
     */
    private static void assertReportedUntil(String url, String reason, Runnable mended) throws Exception {
        try (var log = CapturedLog.open();
                var server = new Server(settings(url), Clock.systemUTC())) {
            var started = CompletableFuture.runAsync(server::start);
            Waiting.until(() -> hasLine(log, "waiting for it", reason, "remedy="));
            assertThat(started).isNotDone();

            mended.run();

            started.get(20, TimeUnit.SECONDS);
        }
    }

    private static boolean hasLine(CapturedLog log, String... parts) {
        return log.text().stream().anyMatch(line -> List.of(parts).stream().allMatch(line::contains));
    }

    private static Settings settings(String url) {
        return RunningApi.settings(Map.of("PARTNER_API_DATABASE_URL", url));
    }

    private static String refusalToStart(String url) {
        try (var server = new Server(settings(url), Clock.systemUTC())) {
            var refusal = catchThrowableOfType(StartupException.class, server::start);
            assertThat(refusal).isNotNull().hasNoCause();
            // A sentence, or statements to run.
            assertThat(refusal.getMessage()).hasLineCount(1).containsPattern("[.;]$");
            return String.valueOf(refusal.getMessage());
        }
    }

    private String refusalOfCommand(String url) {
        return Shell.onDatabase(directory, url).run("partner list").sentence(1);
    }
}
