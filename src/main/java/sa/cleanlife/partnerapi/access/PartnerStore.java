package sa.cleanlife.partnerapi.access;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sa.cleanlife.partnerapi.database.Sql;
import sa.cleanlife.partnerapi.database.Transaction;

/** The SQL of partners. */
final class PartnerStore {
    Optional<Partner> find(Transaction tx, String name) {
        return tx.query("""
                SELECT id, name, status, domains, sandbox_domains, sandbox_access, created_at
                  FROM partner
                 WHERE name = $1
                """, Sql.tuple(name)).stream()
                .map(PartnerStore::partner)
                .findFirst();
    }

    List<Partner> list(Transaction tx) {
        return tx.query("""
                SELECT id, name, status, domains, sandbox_domains, sandbox_access, created_at
                  FROM partner
                 ORDER BY name
                """, Sql.tuple()).stream().map(PartnerStore::partner).toList();
    }

    void insert(Transaction tx, Partner partner) {
        tx.query(
                """
                INSERT INTO partner (id, name, status, domains, sandbox_domains, sandbox_access, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                Sql.tuple(
                        partner.id(),
                        partner.name(),
                        partner.status().name(),
                        partner.hosts(false).toArray(String[]::new),
                        partner.hosts(true).toArray(String[]::new),
                        partner.sandboxAccess(),
                        partner.createdAt()));
    }

    void update(Transaction tx, Partner partner) {
        tx.query(
                """
                UPDATE partner
                   SET status = $2, domains = $3, sandbox_domains = $4, sandbox_access = $5
                 WHERE id = $1
                """,
                Sql.tuple(
                        partner.id(),
                        partner.status().name(),
                        partner.hosts(false).toArray(String[]::new),
                        partner.hosts(true).toArray(String[]::new),
                        partner.sandboxAccess()));
    }

    private static Partner partner(Row row) {
        return new Partner(
                row.getUUID("id"),
                row.getString("name"),
                Partner.Status.valueOf(row.getString("status")),
                domains(row),
                row.getBoolean("sandbox_access"),
                Sql.instant(row, "created_at"));
    }

    /** The domains in a row of any query that selects both columns of domains. */
    static List<Domain> domains(Row row) {
        var domains = new ArrayList<Domain>();
        for (var host : row.getArrayOfStrings("domains")) {
            domains.add(new Domain(host, false));
        }
        for (var host : row.getArrayOfStrings("sandbox_domains")) {
            domains.add(new Domain(host, true));
        }
        return List.copyOf(domains);
    }
}
