package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import sa.cleanlife.partnerapi.database.Database;

/** Who changed what, for an operator to read; nothing in this program changes or removes an entry. */
public final class Audit {
    private final AccessStore store;

    public Audit(Database database) {
        this.store = new AccessStore(database);
    }

    /** The newest first. */
    public Future<List<AuditEntry>> list(Optional<String> partner, int most) {
        if (partner.isEmpty()) {
            return store.listAudit(partner, most);
        }
        return store.listPartners()
                .map(partners -> Partners.named(partners, partner.get()))
                .compose(known -> store.listAudit(partner, most));
    }
}
