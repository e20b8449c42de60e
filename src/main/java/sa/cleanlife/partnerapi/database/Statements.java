package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** What runs single statements, each in a transaction of its own. */
public interface Statements {
    Future<RowSet<Row>> query(String sql, Tuple parameters);
}
