package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.util.function.Function;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Transaction;

/**
 * Runs each change of partners and keys in one transaction, which every node notices. Changes are made one at a time,
 * so what a change has read is still true when it writes.
 */
record AccessChange(Database database, AccessVersionStore versions) {
    AccessChange(Database database) {
        this(database, new AccessVersionStore());
    }

    <T> Future<T> run(Function<Transaction, T> work) {
        return database.transaction(tx -> {
            versions.renew(tx);
            return work.apply(tx);
        });
    }
}
