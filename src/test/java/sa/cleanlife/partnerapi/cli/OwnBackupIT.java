package sa.cleanlife.partnerapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.Shell;

/**
 * Backups of the operator's own PostgreSQL, made and restored with the exact commands of {@code docs/operations.md}.
 */
@Tag("slow")
@Timeout(120)
class OwnBackupIT {
    private static final int CONTACTS = 200;

    @TempDir
    private static Path directory;

    private static Path programs;
    private static OwnPostgres postgres;
    private static OperationsPage page;
    private static DataDirectory data;
    private static String key;
    private static List<String> ids;

    @BeforeAll
    static void serve_on_it() throws Exception {
        var installed = OwnPostgres.installed();
        if (installed.isEmpty()) {
            System.out.println("OwnBackupIT: skipped: PostgreSQL's programs are not installed");
        }
        Assumptions.assumeTrue(installed.isPresent());
        programs = installed.get();
        postgres = OwnPostgres.initialize(programs, directory.resolve("cluster"));
        // The statements of docs/deploy.md.
        execute("postgres", "CREATE ROLE partner_api LOGIN PASSWORD 'change-me'");
        execute(
                "postgres",
                "CREATE DATABASE partner_api OWNER partner_api ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0");
        page = OperationsPage.in(Files.createDirectory(directory.resolve("place")));
        data = DataDirectory.of(page.data());
        var environment = Map.of("PARTNER_API_DATABASE_URL", serverUrl(postgres, "partner_api"));
        key = addPartners(environment);
        try (var server = Launched.serve(data, environment)) {
            ids = post(server, "Ahmed Ali").stream().map(Reply::id).toList();
        }
    }

    @AfterAll
    static void stop_it() throws Exception {
        try (var _ = postgres;
                var _ = page) {
            // Try-with-resources closes each even if the other fails to close or was never started.
        }
    }

    @Test
    void a_dump_is_restored_into_a_new_database_with_contacts_keys_and_audit() throws Exception {
        var urls = Map.of(
                "PATH", programs + ":" + System.getenv("PATH"),
                "PARTNER_API_DATABASE_URL", serverUrl(postgres, "partner_api"),
                "ADMIN_URL", postgres.url("postgres", "postgres"),
                "RESTORED_URL", serverUrl(postgres, "partner_api_restored"));
        var typed = page.with(urls);

        assertThat(typed.paste("Backing up a PostgreSQL of your own", 0)).isEqualTo(new Shell.Run(0, "", ""));
        var restored = typed.paste("Restoring a PostgreSQL of your own", 0);

        assertThat(restored.table()).startsWith("CREATE DATABASE\n").contains("grand-hotel", "closed-hotel");
        assertWhole(postgres, "partner_api_restored");
    }

    @Test
    void a_copy_of_the_cluster_starts_with_contacts_keys_and_audit() throws Exception {
        var copied = page.with(Map.of(
                        "PATH",
                        programs + ":" + System.getenv("PATH"),
                        "BACKUP_URL",
                        postgres.url("postgres", "partner_api")))
                .paste("Backing up a PostgreSQL of your own", 1);

        assertThat(copied.exitCode()).as(copied.err()).isZero();
        var cluster = page.backups().resolve("partner-api-cluster");
        Files.setPosixFilePermissions(cluster, PosixFilePermissions.fromString("rwx------"));
        try (var copy = OwnPostgres.startOn(programs, cluster)) {
            assertWhole(copy, "partner_api");
        }
    }

    /** Adds partners and returns the key of one of them. */
    private static String addPartners(Map<String, String> environment) throws Exception {
        succeed(environment, "partner", "add", "grand-hotel");
        succeed(environment, "partner", "add", "closed-hotel");
        succeed(environment, "partner", "suspend", "closed-hotel");
        // With a rate limit there is a row in rate_window, which is an unlogged table.
        var issued = succeed(
                environment,
                "key",
                "issue",
                "--partner",
                "grand-hotel",
                "--permission",
                "partner_contacts_read",
                "--rate-limit",
                "100000",
                "--json");
        return new JsonObject(issued).getString("key");
    }

    /** Asserts that everything was restored, and that the server serves from it. */
    private static void assertWhole(OwnPostgres restored, String database) throws Exception {
        var environment = Map.of("PARTNER_API_DATABASE_URL", serverUrl(restored, database));
        try (var server = Launched.serve(data, environment)) {
            var found = post(server, "Somebody Else");

            assertThat(found.stream().map(Reply::id)).isEqualTo(ids);
            assertThat(found).allSatisfy(reply -> {
                assertThat(reply.isNewContact()).isFalse();
                assertThat(reply.name()).isEqualTo("Ahmed Ali");
            });
        }
        assertThat(succeed(environment, "audit", "list")).contains("partner suspend", "key issue");
        succeed(environment, "partner", "activate", "closed-hotel");
        assertThat(succeed(environment, "audit", "list", "--most", "1")).contains("partner activate");
    }

    private static List<Reply> post(Launched server, String name) throws Exception {
        int port = server.port();
        try (var client = new LoadClient(8)) {
            return LoadClient.all(IntStream.range(0, CONTACTS)
                    .mapToObj(n -> client.postContact(port, key, "+9665000%05d".formatted(n), name))
                    .toList());
        }
    }

    private static String serverUrl(OwnPostgres where, String database) {
        return where.url("partner_api:change-me", database);
    }

    private static String succeed(Map<String, String> environment, String... command) throws Exception {
        try (var launched = Launched.start(data, environment, command)) {
            assertThat(launched.exitCode()).as(launched.err()).isZero();
            return launched.out();
        }
    }

    private static void execute(String database, String sql) throws Exception {
        try (var connection = DriverManager.getConnection(
                        "jdbc:" + postgres.url("postgres", database).replace("postgres@", ""), "postgres", "");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
