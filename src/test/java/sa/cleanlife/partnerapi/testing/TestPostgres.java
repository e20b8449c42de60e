package sa.cleanlife.partnerapi.testing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import sa.cleanlife.partnerapi.database.embedded.EmbeddedPostgres;

/** The one PostgreSQL of this test process, in the directory that the build names; tests create databases in it. */
public final class TestPostgres {
    private static final EmbeddedPostgres POSTGRES = start();
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private TestPostgres() {}

    private static EmbeddedPostgres start() {
        var postgres = EmbeddedPostgres.serve(Path.of(System.getProperty("test.data", "target/test-data")));
        Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
        return postgres;
    }

    /** Creates an empty database and returns its URL. */
    public static String newDatabase() {
        return newDatabase("");
    }

    /**
     * Creates an empty database with options of its own and returns its URL.
     *
     * @param options of {@code CREATE DATABASE}
     */
    public static String newDatabase(String options) {
        var name = "test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        try (var connection = connect(POSTGRES.connectionUri());
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " " + options);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        var uri = POSTGRES.connectionUri();
        return uri.substring(0, uri.lastIndexOf('/') + 1) + name;
    }

    /** The name of the database in the URL. */
    public static String nameOf(String uri) {
        return uri.substring(uri.lastIndexOf('/') + 1);
    }

    /** A URL of the same database for a new role that owns it, is not a superuser, and is named like the database. */
    public static String ownedByNewRole(String uri) {
        var name = nameOf(uri);
        execute(uri, "CREATE ROLE %1$s LOGIN PASSWORD '%1$s'; ALTER DATABASE %1$s OWNER TO %1$s".formatted(name));
        return asRole(name, uri);
    }

    /** A URL of the same database for a role whose password equals its name. */
    public static String asRole(String role, String uri) {
        return "postgresql://%1$s:%1$s%2$s".formatted(role, uri.substring(uri.indexOf('@')));
    }

    /** A connection that bypasses the server, to inspect what it stored. */
    public static Connection connect(String uri) throws SQLException {
        var login = Login.of(uri);
        return DriverManager.getConnection(login.jdbcUrl(), login.user(), login.password());
    }

    /** Migrates the database to the schema of an earlier version of the server. */
    public static void migrateTo(String version, String uri) {
        var login = Login.of(uri);
        Flyway.configure()
                .dataSource(login.jdbcUrl(), login.user(), login.password())
                .target(version)
                .load()
                .migrate();
    }

    /** Runs migrations that this version does not have. */
    public static void migrateWith(String location, String uri) {
        var login = Login.of(uri);
        Flyway.configure()
                .dataSource(login.jdbcUrl(), login.user(), login.password())
                .locations("classpath:db/migration", location)
                .load()
                .migrate();
    }

    private record Login(String jdbcUrl, String user, String password) {
        static Login of(String uri) {
            var userAt = uri.indexOf("//") + 2;
            var hostAt = uri.indexOf('@') + 1;
            var user = uri.substring(userAt, hostAt - 1).split(":", 2);
            return new Login("jdbc:postgresql://" + uri.substring(hostAt), user[0], user[1]);
        }
    }

    /** Runs a query whose result is one number, such as a count of rows. */
    public static long queryNumber(String uri, String sql) {
        try (var connection = connect(uri);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void execute(String uri, String sql) {
        try (var connection = connect(uri);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
