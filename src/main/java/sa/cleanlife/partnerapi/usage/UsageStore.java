package sa.cleanlife.partnerapi.usage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ToIntBiFunction;
import java.util.stream.IntStream;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Statements;

/** The SQL of what keys have used: calls by day, and new contacts by slots of five minutes. */
final class UsageStore {
    static final Duration DAY = Duration.ofDays(1);
    static final Duration HOUR = Duration.ofHours(1);
    static final Duration SLOT = Duration.ofMinutes(5);

    private final Database database;

    UsageStore(Database database) {
        this.database = database;
    }

    /** Calls of a key since they were last written. */
    record Calls(UUID key, LocalDate day, long calls, Instant lastUsedAt) {}

    /** Contacts that a key created in some five minutes, or fewer than none when places were given back in them. */
    record Slot(int contacts, Instant countsUntil) {}

    /**
     * How many contacts a key created. A slot counts until all of it is over: so the last day and hour are up to five minutes
     * longer, and in no 24 h are there more than in a day.
     *
     * @param slots of the day, the oldest first
     */
    record Created(long inDay, long inHour, List<Slot> slots) {
        static final Created NONE = new Created(0, 0, List.of());

        /** When fewer than so many will count, if none are added; nothing when there are no so many. */
        Optional<Instant> fewerAt(long most) {
            long left = inDay;
            for (var slot : slots) {
                left -= slot.contacts();
                if (left < most) {
                    return Optional.of(slot.countsUntil());
                }
            }
            return Optional.empty();
        }
    }

    /** Not repeated when its answer is lost: the calls of a minute may then be counted twice, or not at all. */
    Future<Void> addCalls(List<Calls> used) {
        return database.pipelined(transaction -> lock(
                        transaction, used.stream().map(Calls::key).toList())
                .compose(locked -> transaction.query(
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
                        ON CONFLICT (key_id, day) DO UPDATE
                       SET calls = key_day.calls + excluded.calls
                )
                UPDATE api_key AS k
                   SET last_used_at = used.last_used_at
                  FROM used
                 WHERE k.id = used.key_id
                   -- Once a minute, however many nodes write.
                   AND (k.last_used_at IS NULL OR k.last_used_at < used.last_used_at - interval '1 minute')
                """,
                        Tuple.of(
                                used.stream().map(Calls::key).toArray(UUID[]::new),
                                used.stream().map(Calls::day).toArray(LocalDate[]::new),
                                used.stream().map(Calls::calls).toArray(Long[]::new),
                                used.stream()
                                        .map(calls -> timestamp(calls.lastUsedAt()))
                                        .toArray(OffsetDateTime[]::new))))
                .mapEmpty());
    }

    /** In one order, so that two nodes that wait for each other's rows cannot deadlock. */
    private static Future<Void> lock(Statements transaction, Collection<UUID> keys) {
        return transaction.query("""
                SELECT id
                  FROM api_key
                 WHERE id = ANY ($1)
                 ORDER BY id
                   FOR NO KEY UPDATE
                """, Tuple.of(keys.toArray(UUID[]::new))).mapEmpty();
    }

    Future<Long> callsOn(UUID key, LocalDate day) {
        return database.query("""
                SELECT coalesce(sum(calls), 0)::bigint AS calls
                  FROM key_day
                 WHERE key_id = $1
                   AND day = $2
                """, Tuple.of(key, day))
                .map(rows -> rows.iterator().next().getLong("calls"));
    }

    Future<Optional<Instant>> lastUsedAt(UUID key) {
        return database.query("""
                SELECT last_used_at
                  FROM api_key
                 WHERE id = $1
                """, Tuple.of(key))
                .map(rows -> Optional.ofNullable(rows.iterator().next().getOffsetDateTime("last_used_at"))
                        .map(OffsetDateTime::toInstant));
    }

    Future<Map<UUID, Created>> created(Collection<UUID> keys, Instant now) {
        return created(database, keys, now);
    }

    private static Future<Map<UUID, Created>> created(Statements statements, Collection<UUID> keys, Instant now) {
        return statements
                .query(
                        """
                SELECT key_id, sum(contacts) AS in_day, coalesce(sum(contacts) FILTER (WHERE slot > $3), 0) AS in_hour,
                       array_agg(slot ORDER BY slot) AS slots, array_agg(contacts ORDER BY slot) AS contacts
                  FROM new_contacts
                 WHERE key_id = ANY ($1)
                   AND slot > $2
                 GROUP BY key_id
                """,
                        Tuple.of(
                                keys.toArray(UUID[]::new), timestamp(beginOf(DAY, now)), timestamp(beginOf(HOUR, now))))
                .map(rows -> {
                    var created = new HashMap<UUID, Created>();
                    for (var row : rows) {
                        created.put(
                                row.getUUID("key_id"),
                                new Created(row.getLong("in_day"), row.getLong("in_hour"), slots(row)));
                    }
                    return created;
                });
    }

    private static List<Slot> slots(Row row) {
        var begins = row.getArrayOfOffsetDateTimes("slots");
        var contacts = row.getArrayOfIntegers("contacts");
        return IntStream.range(0, begins.length)
                .mapToObj(i ->
                        new Slot(contacts[i], begins[i].toInstant().plus(SLOT).plus(DAY)))
                .toList();
    }

    /** What a key had created before, and how many were added to that. */
    record Added(Created before, int contacts) {}

    /**
     * Counts as many new contacts for each key as the rule says, given how many it has created; fewer than none when places
     * are given back. The keys' rows are locked first, so that of nodes which do this for a key at the same moment each sees
     * what those before it have counted.
     */
    Future<Map<UUID, Added>> addCreated(Collection<UUID> keys, Instant now, ToIntBiFunction<UUID, Created> rule) {
        return database.pipelined(transaction -> lock(transaction, keys)
                .compose(locked -> created(transaction, keys, now))
                .compose(created -> {
                    var added = new HashMap<UUID, Added>();
                    for (var key : keys) {
                        var before = created.getOrDefault(key, Created.NONE);
                        added.put(key, new Added(before, rule.applyAsInt(key, before)));
                    }
                    return addCreated(transaction, now, added).map(added);
                }));
    }

    private static Future<Void> addCreated(Statements statements, Instant now, Map<UUID, Added> added) {
        return statements
                .query(
                        """
                INSERT INTO new_contacts (key_id, slot, contacts)
                SELECT key_id, $3, contacts
                  FROM unnest($1::uuid[], $2::integer[]) AS added (key_id, contacts)
                  JOIN api_key k ON k.id = key_id
                 WHERE contacts <> 0
                    ON CONFLICT (key_id, slot) DO UPDATE
                   SET contacts = new_contacts.contacts + excluded.contacts
                """,
                        Tuple.of(
                                added.keySet().toArray(UUID[]::new),
                                added.values().stream().map(Added::contacts).toArray(Integer[]::new),
                                timestamp(slot(now))))
                .mapEmpty();
    }

    private static Instant beginOf(Duration time, Instant now) {
        return now.minus(time).minus(SLOT);
    }

    private static Instant slot(Instant time) {
        long seconds = SLOT.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), seconds) * seconds);
    }

    /** Nobody looks at them any more. */
    Future<Void> forgetCreatedBefore(Instant time) {
        return database.query("""
                DELETE FROM new_contacts
                 WHERE slot < $1
                """, Tuple.of(timestamp(time))).mapEmpty();
    }

    /** Whether nobody has warned of this key since then; from now on somebody has. */
    Future<Boolean> claimWarning(UUID key, Instant since, Instant now) {
        return database.query("""
                UPDATE api_key
                   SET new_contacts_warned_at = $3
                 WHERE id = $1
                   AND (new_contacts_warned_at IS NULL OR new_contacts_warned_at < $2)
                """, Tuple.of(key, timestamp(since), timestamp(now)))
                .map(rows -> rows.rowCount() == 1);
    }

    private static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
