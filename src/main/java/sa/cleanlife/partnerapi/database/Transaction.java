package sa.cleanlife.partnerapi.database;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** A transaction under way, on the virtual thread that runs it: each statement waits for its answer. */
public interface Transaction {
    RowSet<Row> query(String sql, Tuple parameters);
}
