package sa.cleanlife.partnerapi.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import sa.cleanlife.partnerapi.database.DatabaseUrl;

/** A database, accessed directly to fill it and to count its rows. */
record Database(String uri, DatabaseUrl login) {
    static Database of(String uri) {
        return new Database(uri, DatabaseUrl.parse(uri));
    }

    String host() {
        return login.hosts().getFirst().name();
    }

    int port() {
        return login.hosts().getFirst().port();
    }

    String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), login.database());
    }

    /** Executes each statement in its own transaction, on one connection. */
    void execute(String... statements) {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    long number(String sql) {
        return Long.parseLong(text(sql));
    }

    String text(String sql) {
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), login.user(), login.password());
    }
}
