package sa.cleanlife.partnerapi.access;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Sql;
import sa.cleanlife.partnerapi.database.Transaction;

/** The SQL of keys that are in use and expire soon. */
final class ExpiringKeyStore {
    private static final Duration SOON = Duration.ofDays(14);
    private static final Duration IN_USE = Duration.ofDays(30);
    private static final Duration DAY = Duration.ofDays(1);

    /** A valid key that was used in the last 30 days and expires within 14. */
    record ExpiringKey(UUID id, String partner, Instant expiresAt) {}

    /** The keys in the order of their expiry. A rotated key is among them until its successor is used. */
    List<ExpiringKey> list(Transaction tx, Instant now) {
        return tx.query("""
                SELECT k.id, p.name AS partner, k.expires_at
                  FROM api_key k
                  JOIN partner p ON p.id = k.partner_id
                  JOIN key_use u ON u.key_id = k.id
                 WHERE k.expires_at > $1
                   AND k.expires_at <= $2
                   AND k.revoked_at IS NULL
                   AND p.status = 'ACTIVE'
                   AND u.last_used_at > $3
                   AND NOT EXISTS (SELECT FROM key_use s WHERE s.key_id = k.successor_id)
                 ORDER BY k.expires_at, k.id
                """, Sql.tuple(now, now.plus(SOON), now.minus(IN_USE))).stream()
                .map(row ->
                        new ExpiringKey(row.getUUID("id"), row.getString("partner"), Sql.instant(row, "expires_at")))
                .toList();
    }

    /**
     * Claims the warnings that are due and returns their keys: no node has warned of them in the last day. If several nodes
     * claim at the same moment, one of them gets a key, and none waits for another.
     */
    Set<UUID> claimWarnings(Transaction tx, List<ExpiringKey> keys, Instant now) {
        return tx
                .query("""
                WITH due AS (
                    SELECT key_id
                      FROM key_use
                     WHERE key_id = ANY ($1)
                       AND (expiry_warned_at IS NULL OR expiry_warned_at <= $2)
                     ORDER BY key_id
                       FOR NO KEY UPDATE SKIP LOCKED
                )
                UPDATE key_use AS u
                   SET expiry_warned_at = $3
                  FROM due
                 WHERE u.key_id = due.key_id
                RETURNING u.key_id
                """, Sql.tuple(keys.stream().map(ExpiringKey::id).toArray(UUID[]::new), now.minus(DAY), now))
                .stream()
                .map(row -> row.getUUID("key_id"))
                .collect(toUnmodifiableSet());
    }
}
