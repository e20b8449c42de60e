package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.http.Caller;

/** The SQL of partners and keys. Every change also renews {@code access_version}, in the same transaction. */
final class AccessStore {
    private final Database database;

    AccessStore(Database database) {
        this.database = database;
    }

    /** A key that opens something until it expires. */
    record HeldKey(Caller caller, Optional<Instant> expiresAt) {}

    Future<UUID> version() {
        return database.query("SELECT version FROM access_version", Tuple.tuple())
                .map(rows -> rows.iterator().next().getUUID("version"));
    }

    /** The keys that are neither revoked nor a partner's who is not active. */
    Future<Map<ApiKeyHash, HeldKey>> listHeldKeys() {
        return database.query("""
                SELECT k.hash, k.id, k.permissions, k.expires_at, p.id AS partner_id, p.name AS partner
                  FROM api_key k
                  JOIN partner p ON p.id = k.partner_id
                 WHERE k.revoked_at IS NULL
                   AND p.status = 'ACTIVE'
                """, Tuple.tuple()).map(rows -> {
            var held = new HashMap<ApiKeyHash, HeldKey>();
            for (var row : rows) {
                var caller = new Caller(
                        row.getUUID("partner_id"), row.getString("partner"), row.getUUID("id"), permissions(row));
                held.put(
                        ApiKeyHash.ofBytes(row.getBuffer("hash").getBytes()),
                        new HeldKey(caller, instant(row, "expires_at")));
            }
            return Map.copyOf(held);
        });
    }

    /** False when the name is taken. */
    Future<Boolean> insertPartner(Partner partner) {
        return change("""
                INSERT INTO partner (id, name, status, created_at)
                VALUES ($1, $2, $3, $4)
                    ON CONFLICT (name) DO NOTHING
                """, partnerTuple(partner)).map(rows -> rows.rowCount() == 1);
    }

    /** False when there is any partner already. Of nodes that race on a new database the unique name lets one insert. */
    Future<Boolean> insertFirstPartner(Partner partner) {
        return change("""
                INSERT INTO partner (id, name, status, created_at)
                SELECT $1, $2, $3, $4
                 WHERE NOT EXISTS (SELECT FROM partner)
                    ON CONFLICT (name) DO NOTHING
                """, partnerTuple(partner)).map(rows -> rows.rowCount() == 1);
    }

    private static Tuple partnerTuple(Partner partner) {
        return Tuple.of(partner.id(), partner.name(), partner.status().name(), timestamp(partner.createdAt()));
    }

    Future<List<Partner>> listPartners() {
        return database.query("""
                SELECT id, name, status, created_at
                  FROM partner
                 ORDER BY name
                """, Tuple.tuple())
                .map(rows -> rows.stream()
                        .map(row -> new Partner(
                                row.getUUID("id"),
                                row.getString("name"),
                                Partner.Status.valueOf(row.getString("status")),
                                row.getOffsetDateTime("created_at").toInstant()))
                        .toList());
    }

    Future<Void> updatePartnerStatus(UUID partner, Partner.Status status) {
        return change("""
                UPDATE partner
                   SET status = $2
                 WHERE id = $1
                """, Tuple.of(partner, status.name())).mapEmpty();
    }

    Future<Void> insertKey(Partner partner, KeyRecord key, ApiKeyHash hash) {
        return change(
                        """
                INSERT INTO api_key (id, partner_id, hash, prefix, last_four, permissions, created_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                        Tuple.from(Arrays.<@Nullable Object>asList(
                                key.id(),
                                partner.id(),
                                Buffer.buffer(hash.bytes()),
                                key.prefix(),
                                key.lastFour(),
                                key.permissions().stream().map(Permission::code).toArray(String[]::new),
                                timestamp(key.createdAt()),
                                key.expiresAt().map(AccessStore::timestamp).orElse(null))))
                .mapEmpty();
    }

    Future<List<KeyRecord>> listKeys() {
        return database.query("""
                SELECT k.id, p.name AS partner, k.prefix, k.last_four, k.permissions,
                       k.created_at, k.expires_at, k.revoked_at
                  FROM api_key k
                  JOIN partner p ON p.id = k.partner_id
                 ORDER BY p.name, k.created_at, k.id
                """, Tuple.tuple())
                .map(rows -> rows.stream()
                        .map(row -> new KeyRecord(
                                row.getUUID("id"),
                                row.getString("partner"),
                                row.getString("prefix"),
                                row.getString("last_four"),
                                permissions(row),
                                row.getOffsetDateTime("created_at").toInstant(),
                                instant(row, "expires_at"),
                                instant(row, "revoked_at")))
                        .toList());
    }

    /** A key that was revoked before keeps the time of that. */
    Future<Void> revokeKey(UUID key, Instant at) {
        return change("""
                UPDATE api_key
                   SET revoked_at = $2
                 WHERE id = $1
                   AND revoked_at IS NULL
                """, Tuple.of(key, timestamp(at))).mapEmpty();
    }

    private Future<RowSet<Row>> change(String sql, Tuple parameters) {
        return database.transaction(transaction -> transaction
                .query("UPDATE access_version SET version = gen_random_uuid()")
                .execute()
                .compose(renewed -> transaction.preparedQuery(sql).execute(parameters)));
    }

    /** A permission that a newer version has granted and this one does not know opens nothing here. */
    private static Set<Permission> permissions(Row row) {
        var permissions = EnumSet.noneOf(Permission.class);
        for (var code : row.getArrayOfStrings("permissions")) {
            Permission.ofCode(code).ifPresent(permissions::add);
        }
        return permissions;
    }

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }

    private static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
