package sa.cleanlife.partnerapi.access.ratelimit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import sa.cleanlife.partnerapi.access.ratelimit.RateLimits.Verdict;
import sa.cleanlife.partnerapi.access.ratelimit.RateWindowStore.Lease;
import sa.cleanlife.partnerapi.access.ratelimit.RateWindowStore.Settled;
import sa.cleanlife.partnerapi.access.ratelimit.RateWindowStore.Taken;
import sa.cleanlife.partnerapi.access.ratelimit.RateWindowStore.Used;

/**
 * The limit of one key on one node: the lease in hand, and when it is worth taking another. All event loops of the node
 * use it.
 */
final class RateWindow {
    /** Requests admitted within this time are settled together, as if they came at one time. */
    private static final long ONE_TIME_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A lease to take: a number of requests out of a limit, after the last lease is settled. */
    record Wanted(int limit, int calls, Settled last) {}

    /** Requests admitted from the lease in hand at about one time, from the first to the last of them. */
    private static final class Admitted {
        private final long firstNanos;
        private long lastNanos;
        private int calls;

        private Admitted(long firstNanos) {
            this.firstNanos = firstNanos;
        }
    }

    private final Function<Wanted, Future<Taken>> take;
    private final ArrayDeque<Promise<Verdict>> waiting = new ArrayDeque<>();
    private final ArrayDeque<Admitted> admitted = new ArrayDeque<>();
    private int limit;
    private Optional<OffsetDateTime> takenAt = Optional.empty();
    private int inHand;
    private long inHandUntil;
    private int leftToAll;
    private boolean full;
    private long moreAt = System.nanoTime();
    private boolean asking;

    RateWindow(Function<Wanted, Future<Taken>> take) {
        this.take = take;
    }

    /**
     * The number of requests in a lease. A smaller lease is more exact, since no other node can use what one node
     * holds. A larger one is cheaper: for limits from 600 on there is one query for 20 requests or more, below that at
     * most 30 queries a minute and node.
     */
    static int lease(int limit) {
        return Math.max(limit / 100, Math.min(20, Math.ceilDiv(limit, 30)));
    }

    Future<Verdict> count(int limitNow) {
        Promise<Verdict> verdict;
        synchronized (this) {
            long now = System.nanoTime();
            if (limitNow != limit) {
                // A new limit applies at once, whatever is known about the old one.
                limit = limitNow;
                inHand = 0;
                full = false;
            }
            if (now - inHandUntil >= 0) {
                inHand = 0;
            }
            if (inHand > 0) {
                return Future.succeededFuture(within(now));
            }
            if (full && now - moreAt < 0) {
                return Future.succeededFuture(beyond(now));
            }
            verdict = Promise.promise();
            waiting.add(verdict);
            if (asking) {
                return verdict.future();
            }
            asking = true;
        }
        ask();
        return verdict.future();
    }

    private Verdict within(long now) {
        inHand--;
        var last = admitted.peekLast();
        if (last == null || now - last.firstNanos > ONE_TIME_NANOS) {
            last = new Admitted(now);
            admitted.add(last);
        }
        last.lastNanos = now;
        last.calls++;
        return new Verdict(true, leftToAll + inHand, secondsUntilMore(now));
    }

    private Verdict beyond(long now) {
        return new Verdict(false, 0, secondsUntilMore(now));
    }

    /** Rounded up, so that a client that waits this long does not come too early. */
    private long secondsUntilMore(long now) {
        return Math.max(1, Math.ceilDiv(moreAt - now, TimeUnit.SECONDS.toNanos(1)));
    }

    private void ask() {
        long asked = System.nanoTime();
        Wanted wanted;
        synchronized (this) {
            var used = admitted.stream()
                    .map(calls -> new Used(calls.calls, Duration.ofNanos(asked - calls.lastNanos)))
                    .toList();
            wanted = new Wanted(limit, Math.max(lease(limit), waiting.size()), new Settled(takenAt, used));
        }
        take.apply(wanted).onComplete(taken -> settle(wanted, taken, asked), this::fail);
    }

    /**
     * Serves the waiting requests in order from the new lease. If it is too small and more of the limit is left,
     * another one is taken.
     */
    private void settle(Wanted wanted, Taken taken, long asked) {
        var told = new ArrayList<Runnable>();
        boolean again;
        synchronized (this) {
            long now = System.nanoTime();
            // No request was admitted since the query was sent: there was nothing in hand.
            admitted.clear();
            takenAt = Optional.of(taken.at());
            if (wanted.limit() == limit) {
                note(taken, asked, now);
            }
            while (!waiting.isEmpty() && (inHand > 0 || full)) {
                var promise = waiting.poll();
                var verdict = inHand > 0 ? within(now) : beyond(now);
                told.add(() -> promise.complete(verdict));
            }
            again = !waiting.isEmpty();
            asking = again;
        }
        told.forEach(Runnable::run);
        if (again) {
            ask();
        }
    }

    private void note(Taken taken, long asked, long now) {
        int counted = taken.window().stream().mapToInt(Lease::calls).sum();
        inHand = taken.calls();
        // Counted from when the query was sent, so that no request is admitted from a lease that the database has
        // ceased to count.
        inHandUntil = asked + RateLimits.WINDOW.toNanos();
        leftToAll = Math.max(0, limit - counted);
        full = leftToAll == 0;
        moreAt = now + leaseLeavesIn(taken.window(), counted).toNanos();
    }

    /** The time until a whole lease can be taken again. Asking for less, and so more often, would not give more. */
    private Duration leaseLeavesIn(List<Lease> window, int counted) {
        int left = counted;
        for (var lease : window) {
            left -= lease.calls();
            if (limit - left >= leftToAll + lease(limit)) {
                return lease.leavesIn();
            }
        }
        return window.isEmpty() ? Duration.ZERO : window.getLast().leavesIn();
    }

    private void fail(Throwable failure) {
        List<Promise<Verdict>> all;
        synchronized (this) {
            all = List.copyOf(waiting);
            waiting.clear();
            asking = false;
        }
        all.forEach(promise -> promise.fail(failure));
    }
}
