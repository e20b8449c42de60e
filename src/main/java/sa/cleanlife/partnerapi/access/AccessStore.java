package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Statements;
import sa.cleanlife.partnerapi.http.Caller;

/** The SQL of partners, keys and the audit. */
final class AccessStore {
    private final Database database;

    AccessStore(Database database) {
        this.database = database;
    }

    Future<UUID> version() {
        return database.query("SELECT version FROM access_version", Tuple.tuple())
                .map(rows -> rows.iterator().next().getUUID("version"));
    }

    /** The keys that are neither revoked nor a partner's who is not active. */
    Future<Map<ApiKeyHash, HeldKey>> listHeldKeys() {
        return database.query("""
                SELECT k.hash, k.id, k.permissions, k.allowed_addresses::text[] AS allowed_addresses, k.rate_limit,
                       k.new_contacts_per_day, k.expires_at, p.id AS partner_id, p.name AS partner, p.domains, p.sandbox_domains, p.sandbox_access
                  FROM api_key k
                  JOIN partner p ON p.id = k.partner_id
                 WHERE k.revoked_at IS NULL
                   AND p.status = 'ACTIVE'
                """, Tuple.tuple()).map(rows -> {
            var held = new HashMap<ApiKeyHash, HeldKey>();
            for (var row : rows) {
                held.put(ApiKeyHash.ofBytes(row.getBuffer("hash").getBytes()), heldKey(row));
            }
            return Map.copyOf(held);
        });
    }

    private static HeldKey heldKey(Row row) {
        var rules = rules(row);
        return new HeldKey(
                new Caller(row.getUUID("partner_id"), row.getString("partner"), row.getUUID("id"), rules.permissions()),
                rules,
                RegisteredOrigins.of(row.getUUID("partner_id"), domains(row), row.getBoolean("sandbox_access")),
                instant(row, "expires_at"));
    }

    Future<List<Partner>> listPartners() {
        return listPartners(database);
    }

    Future<List<KeyRecord>> listKeys() {
        return listKeys(database);
    }

    /** The newest first. */
    Future<List<AuditEntry>> listAudit(Optional<String> partner, int most) {
        return database.query("""
                SELECT id, at, who, what, partner, key_id, before, after
                  FROM audit
                 WHERE partner = coalesce($1, partner)
                 ORDER BY at DESC, id
                 LIMIT $2
                """, Tuple.from(Arrays.<@Nullable Object>asList(partner.orElse(null), most)))
                .map(rows -> rows.stream()
                        .map(row -> new AuditEntry(
                                row.getUUID("id"),
                                row.getOffsetDateTime("at").toInstant(),
                                row.getString("who"),
                                row.getString("what"),
                                row.getString("partner"),
                                Optional.ofNullable(row.getUUID("key_id")),
                                facts(row, "before"),
                                facts(row, "after")))
                        .toList());
    }

    /**
     * One change, all or nothing. It begins with the version, whose row lets one change in at a time: so what a change has
     * read is still true when it writes.
     */
    <T> Future<T> change(Function<Change, Future<T>> work) {
        return database.pipelined(transaction -> transaction
                .query("UPDATE access_version SET version = gen_random_uuid()", Tuple.tuple())
                .compose(renewed -> work.apply(new Change(transaction))));
    }

    /** What may be done within {@link #change}. */
    static final class Change {
        private final Statements transaction;

        private Change(Statements transaction) {
            this.transaction = transaction;
        }

        Future<List<Partner>> listPartners() {
            return AccessStore.listPartners(transaction);
        }

        Future<List<KeyRecord>> listKeys() {
            return AccessStore.listKeys(transaction);
        }

        Future<Void> insertPartner(Partner partner) {
            return transaction
                    .query(
                            """
                    INSERT INTO partner (id, name, status, domains, sandbox_domains, sandbox_access, created_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7)
                    """,
                            Tuple.of(
                                    partner.id(),
                                    partner.name(),
                                    partner.status().name(),
                                    partner.hosts(false).toArray(String[]::new),
                                    partner.hosts(true).toArray(String[]::new),
                                    partner.sandboxAccess(),
                                    timestamp(partner.createdAt())))
                    .mapEmpty();
        }

        Future<Void> updatePartner(Partner partner) {
            return transaction
                    .query(
                            """
                    UPDATE partner
                       SET status = $2, domains = $3, sandbox_domains = $4, sandbox_access = $5
                     WHERE id = $1
                    """,
                            Tuple.of(
                                    partner.id(),
                                    partner.status().name(),
                                    partner.hosts(false).toArray(String[]::new),
                                    partner.hosts(true).toArray(String[]::new),
                                    partner.sandboxAccess()))
                    .mapEmpty();
        }

        Future<Void> insertKey(Partner partner, KeyRecord key, ApiKeyHash hash) {
            return transaction
                    .query(
                            """
                    INSERT INTO api_key (id, partner_id, hash, prefix, last_four, created_at,
                                         permissions, allowed_addresses, rate_limit, new_contacts_per_day, expires_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text[]::cidr[], $9, $10, $11)
                    """,
                            Tuple.from(Arrays.<@Nullable Object>asList(
                                    key.id(),
                                    partner.id(),
                                    Buffer.buffer(hash.bytes()),
                                    key.kind().prefix(),
                                    key.lastFour(),
                                    timestamp(key.createdAt()),
                                    codes(key),
                                    ranges(key),
                                    key.rules().rateLimit().orElse(null),
                                    key.rules().newContactsPerDay().orElse(null),
                                    key.expiresAt().map(AccessStore::timestamp).orElse(null))))
                    .mapEmpty();
        }

        /** What it allows. */
        Future<Void> updateKeyRules(KeyRecord key) {
            return transaction
                    .query(
                            """
                    UPDATE api_key
                       SET permissions = $2, allowed_addresses = $3::text[]::cidr[], rate_limit = $4, new_contacts_per_day = $5
                     WHERE id = $1
                    """,
                            Tuple.from(Arrays.<@Nullable Object>asList(
                                    key.id(),
                                    codes(key),
                                    ranges(key),
                                    key.rules().rateLimit().orElse(null),
                                    key.rules().newContactsPerDay().orElse(null))))
                    .mapEmpty();
        }

        /** Until when it opens anything; what it allows is left alone, in which a newer version may have put more. */
        Future<Void> updateKeyValidity(KeyRecord key) {
            return transaction
                    .query(
                            """
                    UPDATE api_key
                       SET expires_at = $2, revoked_at = $3, successor_id = $4
                     WHERE id = $1
                    """,
                            Tuple.from(Arrays.<@Nullable Object>asList(
                                    key.id(),
                                    key.expiresAt().map(AccessStore::timestamp).orElse(null),
                                    key.revokedAt().map(AccessStore::timestamp).orElse(null),
                                    key.successor().orElse(null))))
                    .mapEmpty();
        }

        Future<Void> insertAudit(AuditEntry entry) {
            return transaction
                    .query(
                            """
                    INSERT INTO audit (id, at, who, what, partner, key_id, before, after)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                    """,
                            Tuple.from(Arrays.<@Nullable Object>asList(
                                    entry.id(),
                                    timestamp(entry.at()),
                                    entry.who(),
                                    entry.what(),
                                    entry.partner(),
                                    entry.key().orElse(null),
                                    entry.before().isEmpty() ? null : new JsonObject(new HashMap<>(entry.before())),
                                    new JsonObject(new HashMap<>(entry.after())))))
                    .mapEmpty();
        }

        private static String[] codes(KeyRecord key) {
            return key.rules().permissions().stream().map(Permission::code).toArray(String[]::new);
        }

        private static String[] ranges(KeyRecord key) {
            return key.rules().allowedAddresses().stream()
                    .map(AddressRange::toString)
                    .toArray(String[]::new);
        }
    }

    private static Future<List<Partner>> listPartners(Statements statements) {
        return statements
                .query("""
                SELECT id, name, status, domains, sandbox_domains, sandbox_access, created_at
                  FROM partner
                 ORDER BY name
                """, Tuple.tuple())
                .map(rows -> rows.stream()
                        .map(row -> new Partner(
                                row.getUUID("id"),
                                row.getString("name"),
                                Partner.Status.valueOf(row.getString("status")),
                                domains(row),
                                row.getBoolean("sandbox_access"),
                                row.getOffsetDateTime("created_at").toInstant()))
                        .toList());
    }

    private static Future<List<KeyRecord>> listKeys(Statements statements) {
        return statements
                .query("""
                SELECT k.id, p.name AS partner, k.prefix, k.last_four, k.permissions,
                       k.allowed_addresses::text[] AS allowed_addresses, k.rate_limit,
                       k.new_contacts_per_day, k.created_at, k.expires_at, k.revoked_at, k.successor_id
                  FROM api_key k
                  JOIN partner p ON p.id = k.partner_id
                 ORDER BY p.name, k.created_at, k.id
                """, Tuple.tuple())
                .map(rows -> rows.stream()
                        .map(row -> new KeyRecord(
                                row.getUUID("id"),
                                row.getString("partner"),
                                ApiKey.Kind.ofPrefix(row.getString("prefix")),
                                row.getString("last_four"),
                                rules(row),
                                row.getOffsetDateTime("created_at").toInstant(),
                                instant(row, "expires_at"),
                                instant(row, "revoked_at"),
                                Optional.ofNullable(row.getUUID("successor_id"))))
                        .toList());
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

    /** A permission that a newer version has granted and this one does not know opens nothing here. */
    private static Set<Permission> permissions(Row row) {
        var permissions = EnumSet.noneOf(Permission.class);
        for (var code : row.getArrayOfStrings("permissions")) {
            Permission.ofCode(code).ifPresent(permissions::add);
        }
        return permissions;
    }

    private static List<Domain> domains(Row row) {
        var domains = new ArrayList<Domain>();
        for (var host : row.getArrayOfStrings("domains")) {
            domains.add(new Domain(host, false));
        }
        for (var host : row.getArrayOfStrings("sandbox_domains")) {
            domains.add(new Domain(host, true));
        }
        return List.copyOf(domains);
    }

    private static Map<String, @Nullable Object> facts(Row row, String column) {
        return Optional.ofNullable(row.getJsonObject(column))
                .<Map<String, @Nullable Object>>map(JsonObject::getMap)
                .orElse(Map.of());
    }

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }

    private static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
