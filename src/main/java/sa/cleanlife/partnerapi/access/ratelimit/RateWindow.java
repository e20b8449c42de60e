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
 * One key's limit as one node sees it: the lease that it has taken and not used up, and when it is worth asking for
 * another. All event loops of the node use it.
 */
final class RateWindow {
    /** Calls that are admitted within so short a time of each other are settled as one. */
    private static final long ONE_TIME_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What to take: so many calls of a limit, after the last lease is settled. */
    record Wanted(int limit, int calls, Settled last) {}

    /** Calls admitted from the lease in hand, from the first to the last of them. */
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
     * How many calls to take at once. Fewer is more exact, since what one node holds no other can use. More is cheaper: for
     * limits from 600 on it is one query for 20 calls or more, below that 30 queries a minute and node at the most.
     */
    static int lease(int limit) {
        return Math.max(limit / 100, Math.min(20, Math.ceilDiv(limit, 30)));
    }

    Future<Verdict> count(int limitNow) {
        Promise<Verdict> verdict;
        synchronized (this) {
            long now = System.nanoTime();
            if (limitNow != limit) {
                // A new limit holds at once, whatever was found out of the old one.
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

    /** Rounded up: who waits so long does not come too early. */
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

    /** Who waits is served in turn from what was taken; where that does not reach, and more is left, more is taken. */
    private void settle(Wanted wanted, Taken taken, long asked) {
        var told = new ArrayList<Runnable>();
        boolean again;
        synchronized (this) {
            long now = System.nanoTime();
            // None was admitted since it was asked: there was nothing in hand.
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
        // From when it was asked, so that none is used after the database has ceased to count it.
        inHandUntil = asked + RateLimits.WINDOW.toNanos();
        leftToAll = Math.max(0, limit - counted);
        full = leftToAll == 0;
        moreAt = now + leaseLeavesIn(taken.window(), counted).toNanos();
    }

    /** After which a whole lease may be taken anew: asking for less, and so more often, would not give more. */
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
