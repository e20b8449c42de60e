package sa.cleanlife.partnerapi.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;
import sa.cleanlife.partnerapi.database.DatabaseUrl.Host;

/**
 * Opens JDBC's sessions, for Flyway, with our settings. Flyway's own ways to do that come too late: by then it has read the
 * search path, to which it returns.
 */
@SuppressWarnings("serial") // never serialised
final class MigrationSource extends PGSimpleDataSource {
    MigrationSource(DatabaseUrl url, Host server) {
        setUrl(url.jdbcUrl(server));
        setUser(url.user());
        setPassword(url.password());
    }

    @Override
    public Connection getConnection() throws SQLException {
        var connection = super.getConnection();
        try (var statement = connection.createStatement()) {
            statement.execute(SessionSettings.STATEMENTS);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
