package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException.Reason;

/**
 * How long an answer of the database is waited for, and how often it is asked again. What goes wrong comes out as one of
 * two: {@link DatabaseUnavailableException} when asking again later may help, or the failure itself, which is then a fault
 * of ours.
 */
public final class RetryPolicy {
    /** An answer is due within 2 s of losing the database; this leaves time for the rest of it. */
    static final Duration LONGEST = Duration.ofMillis(1_500);

    /** After it the pool knows which of its connections the database has ended. */
    private static final Duration NOTICING = Duration.ofMillis(50);

    /**
     * The classes of SQLSTATE that tell of the server's state rather than of the statement: connection, transaction state
     * (read-only after a failover), authorization, catalog, rollback, resources, object state, operator, system.
     */
    private static final Set<String> UNAVAILABLE_CLASSES = Set.of("08", "25", "28", "3D", "40", "53", "55", "57", "58");

    private final Scheduler scheduler;

    public RetryPolicy(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Asks until the answer is known, three times at most. It must be safe to repeat: when the connection is lost nobody
     * knows whether it took effect, so it is asked again, on another. The next may be lost as well, since what ends one often
     * ends all; the one after that is asked for when the pool has noticed.
     */
    public <T> Future<T> untilKnown(Supplier<Future<T>> ask) {
        long end = scheduler.nanoTime() + LONGEST.toNanos();
        return once(ask.get()
                .recover(lost -> isWorthAsking(lost, end) ? again(lost, ask.get()) : Future.failedFuture(lost))
                .recover(lost -> isWorthAsking(lost, end)
                        ? scheduler.after(NOTICING).compose(noticed -> again(lost, ask.get()))
                        : Future.failedFuture(lost)));
    }

    /** Of a question that was lost, a disk that is full the next time does not tell that it had no effect. */
    private static <T> Future<T> again(Throwable lost, Future<T> answer) {
        return answer.recover(failure -> Future.failedFuture(isDiskFull(failure) ? lost : failure));
    }

    /**
     * Who asked is told that the database is unavailable when the time is over, so nothing is done for them after that. A
     * disk that is full is still so the next moment, on every connection.
     */
    private boolean isWorthAsking(Throwable failure, long end) {
        return isUnavailable(failure) && !isDiskFull(failure) && scheduler.nanoTime() - end < 0;
    }

    private static boolean isDiskFull(Throwable failure) {
        return isUnavailable(failure)
                && DatabaseUnavailableException.because(failure).isDiskFull();
    }

    /** Waits only so long for an answer, and gives every failure one of its two forms. */
    public <T> Future<T> once(Future<T> answer) {
        return once(answer, LONGEST);
    }

    <T> Future<T> once(Future<T> answer, Duration longest) {
        return scheduler.limit(answer, longest).recover(failure -> Future.failedFuture(inOneOfTwoForms(failure)));
    }

    static Throwable inOneOfTwoForms(Throwable failure) {
        return isUnavailable(failure) ? DatabaseUnavailableException.because(failure) : failure;
    }

    static boolean isUnavailable(Throwable failure) {
        return switch (failure) {
            case PgException e ->
                UNAVAILABLE_CLASSES.contains(e.getSqlState().substring(0, 2))
                        || DatabaseUnavailableException.because(e).reason() == Reason.SESSION_NOT_KEPT;
            case DatabaseUnavailableException e -> true;
            case VertxException e -> true;
            case RuntimeException e -> false;
            case Error e -> false;
            // Scheduler-outs, lost connections, failed handshakes: the driver has a type for few of them.
            default -> true;
        };
    }
}
