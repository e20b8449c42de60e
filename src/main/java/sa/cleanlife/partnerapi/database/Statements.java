package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** What runs statements: the database, each in a transaction of its own, or one transaction. */
public interface Statements {
    Future<RowSet<Row>> query(String sql, Tuple parameters);
}
