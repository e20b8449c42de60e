package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Sql;
import sa.cleanlife.partnerapi.database.Transaction;
import sa.cleanlife.partnerapi.http.Caller;

/** The SQL of API keys. Operators find a key by its id, whichever partner owns it; partners read no key here. */
final class KeyStore {
    private static final String KEYS = """
            SELECT k.id, p.name AS partner, k.label, k.prefix, k.last_four, k.permissions,
                   k.allowed_addresses::text[] AS allowed_addresses, k.rate_limit,
                   k.new_contacts_per_day, k.created_at, k.expires_at, k.revoked_at, k.successor_id
              FROM api_key k
              JOIN partner p ON p.id = k.partner_id
            """;

    /** The keys that are not revoked, of partners who are active. */
    Future<Map<ApiKeyHash, ActiveKey>> listHeld(Database database) {
        return database.query("""
                SELECT k.hash, k.id, k.label, k.prefix, k.last_four, k.permissions, k.allowed_addresses::text[] AS allowed_addresses, k.rate_limit,
                       k.new_contacts_per_day, k.expires_at, p.id AS partner_id, p.name AS partner, p.domains, p.sandbox_domains, p.sandbox_access
                  FROM api_key k
                  JOIN partner p ON p.id = k.partner_id
                 WHERE k.revoked_at IS NULL
                   AND p.status = 'ACTIVE'
                """, Sql.tuple()).map(rows -> {
            var held = new HashMap<ApiKeyHash, ActiveKey>();
            for (var row : rows) {
                held.put(ApiKeyHash.ofBytes(row.getBuffer("hash").getBytes()), activeKey(row));
            }
            return Map.copyOf(held);
        });
    }

    /** The other keys, up to a maximum number: the keys of inactive partners first, then the latest revoked ones. */
    Future<Map<ApiKeyHash, ClosedKey>> listClosed(Database database, int most) {
        return database.query("""
                        SELECT k.hash, k.id, k.revoked_at IS NOT NULL AS is_revoked, p.id AS partner_id, p.name AS partner
                          FROM api_key k
                          JOIN partner p ON p.id = k.partner_id
                         WHERE k.revoked_at IS NOT NULL
                            OR p.status <> 'ACTIVE'
                         ORDER BY k.revoked_at DESC NULLS FIRST, k.id
                         LIMIT $1
                        """, Sql.tuple(most)).map(rows -> {
            var closed = new HashMap<ApiKeyHash, ClosedKey>();
            for (var row : rows) {
                closed.put(ApiKeyHash.ofBytes(row.getBuffer("hash").getBytes()), closedKey(row));
            }
            return Map.copyOf(closed);
        });
    }

    Optional<KeyRecord> find(Transaction tx, UUID id) {
        return tx.query(KEYS + """
                 WHERE k.id = $1
                """, Sql.tuple(id)).stream().map(KeyStore::key).findFirst();
    }

    List<KeyRecord> list(Transaction tx) {
        return tx.query(KEYS + """
                 ORDER BY p.name, k.created_at, k.id
                """, Sql.tuple()).stream().map(KeyStore::key).toList();
    }

    List<KeyRecord> list(Transaction tx, Partner partner) {
        return tx.query(KEYS + """
                 WHERE k.partner_id = $1
                 ORDER BY k.created_at, k.id
                """, Sql.tuple(partner.id())).stream()
                .map(KeyStore::key)
                .toList();
    }

    void insert(Transaction tx, Partner partner, KeyRecord key, ApiKeyHash hash) {
        tx.query(
                """
                INSERT INTO api_key (id, partner_id, hash, prefix, last_four, created_at, permissions, allowed_addresses,
                                     rate_limit, new_contacts_per_day, expires_at, label)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text[]::cidr[], $9, $10, $11, $12)
                """,
                Sql.tuple(
                        key.id(),
                        partner.id(),
                        Buffer.buffer(hash.bytes()),
                        key.kind().prefix(),
                        key.lastFour(),
                        key.createdAt(),
                        permissions(key),
                        addresses(key),
                        key.rules().rateLimit(),
                        key.rules().newContactsPerDay(),
                        key.expiresAt(),
                        key.label().text()));
    }

    /** Updates the rules of the key. */
    void updateRules(Transaction tx, KeyRecord key) {
        tx.query(
                """
                UPDATE api_key
                   SET permissions = $2, allowed_addresses = $3::text[]::cidr[], rate_limit = $4, new_contacts_per_day = $5
                 WHERE id = $1
                """,
                Sql.tuple(
                        key.id(),
                        permissions(key),
                        addresses(key),
                        key.rules().rateLimit(),
                        key.rules().newContactsPerDay()));
    }

    /**
     * Updates the label, the expiry, the revocation and the successor. The rules are left alone, since a newer version of
     * this program may have stored more in them.
     */
    void updateLabelAndValidity(Transaction tx, KeyRecord key) {
        tx.query("""
                UPDATE api_key
                   SET label = $2, expires_at = $3, revoked_at = $4, successor_id = $5
                 WHERE id = $1
                """, Sql.tuple(key.id(), key.label().text(), key.expiresAt(), key.revokedAt(), key.successor()));
    }

    private static ActiveKey activeKey(Row row) {
        var rules = rules(row);
        return new ActiveKey(
                new Caller(row.getUUID("partner_id"), row.getString("partner"), row.getUUID("id"), rules.permissions()),
                label(row),
                ApiKey.Kind.ofPrefix(row.getString("prefix")),
                row.getString("last_four"),
                rules,
                RegisteredOrigins.of(
                        row.getUUID("partner_id"), PartnerStore.domains(row), row.getBoolean("sandbox_access")),
                Sql.optionalInstant(row, "expires_at"));
    }

    private static ClosedKey closedKey(Row row) {
        return new ClosedKey(
                new Caller(row.getUUID("partner_id"), row.getString("partner"), row.getUUID("id"), Set.of()),
                row.getBoolean("is_revoked") ? ClosedKey.Cause.REVOKED : ClosedKey.Cause.PARTNER_NOT_ACTIVE);
    }

    private static KeyRecord key(Row row) {
        return new KeyRecord(
                row.getUUID("id"),
                row.getString("partner"),
                label(row),
                ApiKey.Kind.ofPrefix(row.getString("prefix")),
                row.getString("last_four"),
                rules(row),
                Sql.instant(row, "created_at"),
                Sql.optionalInstant(row, "expires_at"),
                Sql.optionalInstant(row, "revoked_at"),
                Optional.ofNullable(row.getUUID("successor_id")));
    }

    private static KeyLabel label(Row row) {
        return new KeyLabel(Optional.ofNullable(row.getString("label")));
    }

    private static KeyRules rules(Row row) {
        return new KeyRules(
                permissions(row),
                Arrays.stream(row.getArrayOfStrings("allowed_addresses"))
                        .map(AddressRange::parse)
                        .toList(),
                Optional.ofNullable(row.getInteger("rate_limit")),
                Optional.ofNullable(row.getInteger("new_contacts_per_day")));
    }

    /** The permissions that this version knows. One that a newer version has granted is ignored here. */
    private static Set<Permission> permissions(Row row) {
        var permissions = EnumSet.noneOf(Permission.class);
        for (var code : row.getArrayOfStrings("permissions")) {
            Permission.ofCode(code).ifPresent(permissions::add);
        }
        return permissions;
    }

    private static String[] permissions(KeyRecord key) {
        return key.rules().permissions().stream().map(Permission::code).toArray(String[]::new);
    }

    private static String[] addresses(KeyRecord key) {
        return key.rules().allowedAddresses().stream()
                .map(AddressRange::toString)
                .toArray(String[]::new);
    }
}
