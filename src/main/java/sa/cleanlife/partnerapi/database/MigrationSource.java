package sa.cleanlife.partnerapi.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;
import sa.cleanlife.partnerapi.database.DatabaseUrl.Host;

/**
 * Opens the JDBC sessions of Flyway with {@link SessionSettings}. Flyway's own hooks run too late: by then it has read
 * the search path, which it restores afterwards.
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
