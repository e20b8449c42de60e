package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Sql;
import sa.cleanlife.partnerapi.database.Statements;
import sa.cleanlife.partnerapi.database.Transaction;

/** The SQL of the version of all partners and keys, by which nodes notice that one of them was changed. */
final class AccessVersionStore {
    Future<UUID> find(Statements database) {
        return database.query("SELECT version FROM access_version", Sql.tuple())
                .map(rows -> rows.iterator().next().getUUID("version"));
    }

    /**
     * Every change of partners and keys begins with this. Its row lets one change in at a time, so what a change has read
     * after it is still true when it writes.
     */
    void renew(Transaction tx) {
        tx.query("UPDATE access_version SET version = gen_random_uuid()", Sql.tuple());
    }
}
