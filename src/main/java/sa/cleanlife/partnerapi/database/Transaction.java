package sa.cleanlife.partnerapi.database;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** An open transaction, on the virtual thread that runs it: each statement waits for its answer. */
public interface Transaction {
    /**
     * Runs one statement. After one has failed the transaction cannot be committed: a statement that may fail, and after
     * which work is to go on, must be written so that it does not ({@code ON CONFLICT DO NOTHING}).
     */
    RowSet<Row> query(String sql, Tuple parameters);
}
