package sa.cleanlife.partnerapi.access;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Sql;
import sa.cleanlife.partnerapi.database.Transaction;

/** The SQL of key usage: when each key was last used, and its requests by day. */
final class KeyUsageStore {
    /** The requests of a key since the last write. */
    record Calls(UUID key, LocalDate day, long calls, Instant lastUsedAt) {}

    /**
     * Adds the requests of several keys. Rows are written in the order of keys, so that two nodes that wait for each
     * other's rows cannot deadlock.
     */
    void add(Transaction tx, List<Calls> used) {
        tx.query(
                """
                WITH used AS (
                    SELECT key_id, day, calls, last_used_at
                      FROM unnest($1::uuid[], $2::date[], $3::bigint[], $4::timestamptz[])
                           AS used (key_id, day, calls, last_used_at)
                ), counted AS (
                    INSERT INTO key_day (key_id, day, calls)
                    SELECT key_id, day, calls
                      FROM used
                      JOIN api_key k ON k.id = key_id
                     ORDER BY key_id
                        ON CONFLICT (key_id, day) DO UPDATE
                       SET calls = key_day.calls + excluded.calls
                )
                INSERT INTO key_use AS u (key_id, last_used_at)
                SELECT key_id, last_used_at
                  FROM used
                 ORDER BY key_id
                    ON CONFLICT (key_id) DO UPDATE
                   SET last_used_at = excluded.last_used_at
                 -- At most once a minute, however many nodes write.
                 WHERE u.last_used_at < excluded.last_used_at - interval '1 minute'
                """,
                Sql.tuple(
                        used.stream().map(Calls::key).toArray(UUID[]::new),
                        used.stream().map(Calls::day).toArray(LocalDate[]::new),
                        used.stream().map(Calls::calls).toArray(Long[]::new),
                        used.stream().map(Calls::lastUsedAt).toArray(Instant[]::new)));
    }

    long callsOn(Transaction tx, UUID key, LocalDate day) {
        return tx.query("""
                SELECT coalesce(sum(calls), 0)::bigint AS calls
                  FROM key_day
                 WHERE key_id = $1
                   AND day = $2
                """, Sql.tuple(key, day)).iterator().next().getLong("calls");
    }

    /** By key, without those that were never used. */
    Map<UUID, Instant> lastUsedAt(Transaction tx, List<UUID> keys) {
        return tx.query("""
                SELECT key_id, last_used_at
                  FROM key_use
                 WHERE key_id = ANY ($1)
                """, Sql.tuple((Object) keys.toArray(UUID[]::new))).stream()
                .collect(toUnmodifiableMap(row -> row.getUUID("key_id"), row -> Sql.instant(row, "last_used_at")));
    }
}
