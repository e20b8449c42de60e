package sa.cleanlife.partnerapi.database;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** An open transaction, used on its virtual thread: each statement blocks until its result is there. */
public interface Transaction {
    /**
     * Runs one statement. After a failed statement the transaction cannot be committed; so a statement after whose
     * failure work is to go on must be written so that it does not fail ({@code ON CONFLICT DO NOTHING}).
     */
    RowSet<Row> query(String sql, Tuple parameters);
}
