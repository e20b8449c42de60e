package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.util.List;
import sa.cleanlife.partnerapi.database.Database;

/** Reads the audit: which operator changed what. Nothing in this program changes or removes an entry. */
final class Audit {
    private final Database database;
    private final AuditStore store = new AuditStore();
    private final PartnerStore partners = new PartnerStore();

    Audit(Database database) {
        this.database = database;
    }

    /** The latest entries, newest first. */
    Future<List<AuditEntry>> list(int most) {
        return database.transaction(tx -> store.list(tx, most));
    }

    /** The latest entries about a partner, newest first. */
    Future<List<AuditEntry>> listOf(String partner, int most) {
        return database.transaction(tx -> store.list(tx, Partners.require(partners, tx, partner), most));
    }
}
