package sa.cleanlife.partnerapi.access;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;
import sa.cleanlife.partnerapi.database.Sql;
import sa.cleanlife.partnerapi.database.Transaction;

/** The SQL of the audit, an append-only table: it refuses to change or remove rows. */
final class AuditStore {
    void insert(Transaction tx, AuditEntry entry) {
        tx.query(
                """
                INSERT INTO audit (id, at, who, what, partner, key_id, before, after)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                Sql.tuple(
                        entry.id(),
                        entry.at(),
                        entry.who(),
                        entry.what(),
                        entry.partner(),
                        entry.key(),
                        Optional.of(entry.before()).filter(before -> !before.isEmpty()),
                        entry.after()));
    }

    /** The latest entries, newest first. */
    List<AuditEntry> list(Transaction tx, int most) {
        return tx.query("""
                SELECT id, at, who, what, partner, key_id, before, after
                  FROM audit
                 ORDER BY at DESC, id
                 LIMIT $1
                """, Sql.tuple(most)).stream().map(AuditStore::entry).toList();
    }

    /** The latest entries about a partner, newest first. */
    List<AuditEntry> list(Transaction tx, Partner partner, int most) {
        return tx.query("""
                SELECT id, at, who, what, partner, key_id, before, after
                  FROM audit
                 WHERE partner = $1
                 ORDER BY at DESC, id
                 LIMIT $2
                """, Sql.tuple(partner.name(), most)).stream()
                .map(AuditStore::entry)
                .toList();
    }

    private static AuditEntry entry(Row row) {
        return new AuditEntry(
                row.getUUID("id"),
                Sql.instant(row, "at"),
                row.getString("who"),
                row.getString("what"),
                row.getString("partner"),
                Optional.ofNullable(row.getUUID("key_id")),
                Optional.ofNullable(row.getJsonObject("before")).orElseGet(JsonObject::new),
                row.getJsonObject("after"));
    }
}
