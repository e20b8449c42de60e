package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Sql;
import sa.cleanlife.partnerapi.database.Transaction;

/** The SQL of the access version, which every change of a partner or a key renews, so that nodes notice the change. */
final class AccessVersionStore {
    Future<UUID> find(Database database) {
        return database.query("SELECT version FROM access_version", Sql.tuple())
                .map(rows -> rows.iterator().next().getUUID("version"));
    }

    /**
     * Renews the version, as the first statement of every change of partners and keys. Its row admits one change at a
     * time, so what a change reads afterwards is still true when it writes.
     */
    void renew(Transaction tx) {
        tx.query("UPDATE access_version SET version = gen_random_uuid()", Sql.tuple());
    }
}
