package sa.cleanlife.partnerapi.access.ratelimit;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Sql;

/**
 * The SQL of rate windows: the leases that the nodes took of each key's limit in the last minute, by the database's
 * clock.
 */
final class RateWindowStore {
    private final Database database;

    RateWindowStore(Database database) {
        this.database = database;
    }

    /**
     * Requests that count in a window, whichever node admitted them.
     *
     * @param leavesIn the time after which they no longer count
     */
    record Lease(int calls, Duration leavesIn) {}

    /**
     * The lease that a node was given, and the window that includes it.
     *
     * @param at the time by the database's clock, which names this lease when it is settled
     * @param window everything that counts now, oldest first
     */
    record Taken(int calls, OffsetDateTime at, List<Lease> window) {}

    /** Requests that a node admitted at about one time, and how long ago that was. */
    record Used(int calls, Duration ago) {}

    /** The last lease that a node took, and the requests that it admitted from it. */
    record Settled(Optional<OffsetDateTime> takenAt, List<Used> used) {}

    /**
     * Takes the wanted number of requests, or as many as are left of the limit. Before that it settles the node's last
     * lease: the requests that were admitted, each at its own time, replace the lease. Nodes that take at the same
     * moment wait for each other at the key's row, and each sees what the nodes before it took. If the response is lost
     * and the query is repeated, some requests count twice: the key gets less for a minute, never more.
     */
    Future<Taken> take(UUID key, int limit, int wanted, Settled last, Duration length) {
        return database.query(
                        """
                INSERT INTO rate_window AS w (key_id, taken_at, taken)
                VALUES ($1, ARRAY[now()], ARRAY[least($2::integer, $3::integer)])
                    ON CONFLICT (key_id) DO UPDATE
                   SET (taken_at, taken) = (
                           SELECT array_agg(at) || now(), array_agg(calls) || greatest(0, least($2, $3 - sum(calls)))::integer
                             FROM (SELECT at, calls
                                     FROM unnest(w.taken_at, w.taken) AS lease (at, calls)
                                    WHERE at IS DISTINCT FROM $5::timestamptz
                                      AND calls > 0
                                   UNION ALL
                                   SELECT now() - ago * interval '1 microsecond', calls
                                     FROM unnest($6::bigint[], $7::integer[]) AS used (ago, calls)
                                   UNION ALL
                                   SELECT now(), 0) AS counting
                            WHERE at > now() - $4::integer * interval '1 second'
                              -- A lease from the future means that the clock was set back.
                              AND at < now() + $4::integer * interval '1 second')
                RETURNING taken_at, taken, now() AS now
                """,
                        Sql.tuple(
                                key,
                                wanted,
                                limit,
                                Math.toIntExact(length.toSeconds()),
                                last.takenAt(),
                                last.used().stream()
                                        .map(used -> TimeUnit.NANOSECONDS.toMicros(
                                                used.ago().toNanos()))
                                        .toArray(Long[]::new),
                                last.used().stream().map(Used::calls).toArray(Integer[]::new)))
                .map(rows -> {
                    var row = rows.iterator().next();
                    return taken(
                            row.getArrayOfOffsetDateTimes("taken_at"),
                            row.getArrayOfIntegers("taken"),
                            row.getOffsetDateTime("now"),
                            length);
                });
    }

    /** The result of a query whose last entry is the lease that was just taken. */
    private static Taken taken(OffsetDateTime[] at, Integer[] calls, OffsetDateTime now, Duration length) {
        var window = new ArrayList<Lease>();
        for (int i = 0; i < at.length; i++) {
            if (calls[i] > 0) {
                window.add(new Lease(calls[i], Duration.between(now, at[i].plus(length))));
            }
        }
        window.sort(Comparator.comparing(Lease::leavesIn));
        return new Taken(calls[calls.length - 1], now, List.copyOf(window));
    }
}
