package sa.cleanlife.partnerapi.contacts;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Sql;
import sa.cleanlife.partnerapi.database.Transaction;

/** The SQL of the contacts that each key has created, counted in slots of five minutes, in one row per key. */
final class NewContactStore {
    static final Duration DAY = Duration.ofDays(1);
    static final Duration HOUR = Duration.ofHours(1);
    static final Duration SLOT = Duration.ofMinutes(5);

    /** The contacts that a key created in the five minutes from {@code begin} on, or some of them. */
    record Slot(Instant begin, int contacts) {
        Instant countsUntil() {
            return begin.plus(SLOT).plus(DAY);
        }
    }

    /**
     * The contacts that a key created in the last day and hour. A slot counts until all of it is over, so both times
     * are up to five minutes longer, and no 24 h have more contacts than are counted.
     *
     * @param slots the slots of the day, oldest first
     */
    record Created(long inDay, long inHour, List<Slot> slots) {
        static final Created NONE = new Created(0, 0, List.of());

        static Created of(List<Slot> all, Instant now) {
            var inDay = since(now.minus(DAY), all);
            return new Created(sum(inDay), sum(since(now.minus(HOUR), all)), inDay);
        }

        private static List<Slot> since(Instant time, List<Slot> slots) {
            return slots.stream()
                    .filter(slot -> slot.begin().plus(SLOT).isAfter(time))
                    .toList();
        }

        private static long sum(List<Slot> slots) {
            return slots.stream().mapToLong(Slot::contacts).sum();
        }

        /**
         * The time at which fewer contacts than this number count, if no more are added; empty if that never happens.
         */
        Optional<Instant> fewerAt(long number) {
            long left = inDay;
            for (var slot : slots) {
                left -= slot.contacts();
                if (left < number) {
                    return Optional.of(slot.countsUntil());
                }
            }
            return Optional.empty();
        }
    }

    /** The number of contacts that a key wants to create, and its daily quota. */
    record Wanted(UUID key, int contacts, int quota) {}

    /** The number of the wanted contacts that a key may create, and all contacts that it created, including these. */
    record Reserved(int contacts, Created created) {}

    /**
     * Reserves as many of the wanted contacts as are left of each key's quota. Nodes that reserve for the same key at
     * the same moment wait for each other at its row, and each sees what the nodes before it counted, so only one of
     * them gets the last unit. Rows are locked in one order, so that two nodes cannot deadlock. It must not be retried
     * when the response is lost, since it would count twice.
     */
    Map<UUID, Reserved> reserve(Transaction tx, List<Wanted> wanted, Instant now) {
        var reserved = new HashMap<UUID, Reserved>();
        tx.query(
                        """
                INSERT INTO new_contact_window AS w (key_id, slots, contacts)
                SELECT key_id, ARRAY[$4::timestamptz], ARRAY[least(wanted, quota)]
                  FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS asked (key_id, wanted, quota)
                 ORDER BY key_id
                    ON CONFLICT (key_id) DO UPDATE
                   SET (slots, contacts) = (
                           SELECT array_agg(slot ORDER BY slot) || $4::timestamptz,
                                  array_agg(created ORDER BY slot) || greatest(0, least(
                                      excluded.contacts[1],
                                      ($3::integer[])[array_position($1::uuid[], w.key_id)] - coalesce(sum(created), 0)))::integer
                             FROM (SELECT slot, sum(created)::integer AS created
                                     FROM unnest(w.slots, w.contacts) AS kept (slot, created)
                                    WHERE slot > $5
                                    GROUP BY slot) AS of_the_day)
                RETURNING key_id, slots, contacts
                """,
                        Sql.tuple(
                                wanted.stream().map(Wanted::key).toArray(UUID[]::new),
                                wanted.stream().map(Wanted::contacts).toArray(Integer[]::new),
                                wanted.stream().map(Wanted::quota).toArray(Integer[]::new),
                                slot(now),
                                now.minus(DAY).minus(SLOT)))
                .forEach(row -> {
                    var slots = slots(row);
                    // The last entry is what this statement has counted; an earlier entry may be of the same slot.
                    reserved.put(
                            row.getUUID("key_id"), new Reserved(slots.getLast().contacts(), Created.of(slots, now)));
                });
        return reserved;
    }

    /**
     * Releases unused reservations from the last slot. It must not be retried when the response is lost, since it would
     * give a key more than its quota.
     */
    void release(Transaction tx, Map<UUID, Integer> unused) {
        tx.query("""
                WITH locked AS (
                    SELECT key_id
                      FROM new_contact_window
                     WHERE key_id = ANY ($1)
                     ORDER BY key_id
                       FOR NO KEY UPDATE
                )
                UPDATE new_contact_window AS w
                   SET contacts[cardinality(w.contacts)] = w.contacts[cardinality(w.contacts)] - given.unused
                  FROM unnest($1::uuid[], $2::integer[]) AS given (key_id, unused)
                  JOIN locked ON locked.key_id = given.key_id
                 WHERE w.key_id = given.key_id
                """, Sql.tuple(unused.keySet().toArray(UUID[]::new), (Object)
                unused.values().toArray(Integer[]::new)));
    }

    Created created(Transaction tx, UUID key, Instant now) {
        return tx.query("""
                SELECT slots, contacts
                  FROM new_contact_window
                 WHERE key_id = $1
                """, Sql.tuple(key)).stream()
                .map(row -> Created.of(slots(row), now))
                .findFirst()
                .orElse(Created.NONE);
    }

    /** Claims the warning about a key. Returns false if a node has already given one since {@code since}. */
    Future<Boolean> claimWarning(Database database, UUID key, Instant since, Instant now) {
        return database.query("""
                UPDATE new_contact_window
                   SET warned_at = $3
                 WHERE key_id = $1
                   AND (warned_at IS NULL OR warned_at < $2)
                """, Sql.tuple(key, since, now)).map(rows -> rows.rowCount() == 1);
    }

    private static List<Slot> slots(Row row) {
        var begins = row.getArrayOfOffsetDateTimes("slots");
        var contacts = row.getArrayOfIntegers("contacts");
        return IntStream.range(0, begins.length)
                .mapToObj(i -> new Slot(begins[i].toInstant(), contacts[i]))
                .toList();
    }

    private static Instant slot(Instant time) {
        long seconds = SLOT.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), seconds) * seconds);
    }
}
