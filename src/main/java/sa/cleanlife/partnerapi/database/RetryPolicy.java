package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException.Reason;

/**
 * The timeout and the retries of a statement. A failure has one of two forms: {@link DatabaseUnavailableException} when
 * a retry may succeed later, or the original exception, which then is a fault of this program.
 */
public final class RetryPolicy {
    /**
     * The timeout of a statement with its retries. A response is due within 2 s of losing the database; this leaves
     * time for the rest of the request.
     */
    static final Duration LONGEST = Duration.ofMillis(1_500);

    /** The pause before the second retry, in which the pool notices which of its connections were closed. */
    private static final Duration NOTICING = Duration.ofMillis(50);

    /**
     * SQLSTATE classes that depend on the state of the server rather than on the statement: connection, transaction
     * state (read-only after a failover), authorization, catalog, rollback, resources, object state, operator, system.
     */
    private static final Set<String> UNAVAILABLE_CLASSES = Set.of("08", "25", "28", "3D", "40", "53", "55", "57", "58");

    private final Scheduler scheduler;

    public RetryPolicy(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Runs a statement until its outcome is known, three times at most. The statement must be safe to repeat: when its
     * connection is lost, the outcome is unknown, so it runs again on another connection. That one may be lost as well,
     * since one cause often ends all connections; so the second retry waits until the pool has noticed.
     */
    public <T> Future<T> untilKnown(Supplier<Future<T>> ask) {
        long end = scheduler.nanoTime() + LONGEST.toNanos();
        return once(ask.get()
                .recover(lost -> isWorthAsking(lost, end) ? again(lost, ask.get()) : Future.failedFuture(lost))
                .recover(lost -> isWorthAsking(lost, end)
                        ? scheduler.after(NOTICING).compose(noticed -> again(lost, ask.get()))
                        : Future.failedFuture(lost)));
    }

    /**
     * The result of a retry. If the retry fails for a full disk, the first failure is reported: the full disk does not
     * show that the first attempt had no effect.
     */
    private static <T> Future<T> again(Throwable lost, Future<T> answer) {
        return answer.recover(failure -> Future.failedFuture(isDiskFull(failure) ? lost : failure));
    }

    /**
     * No retry after the timeout, when the caller has been told that the database is unavailable; and none for a full
     * disk, which is full on every connection.
     */
    private boolean isWorthAsking(Throwable failure, long end) {
        return isUnavailable(failure) && !isDiskFull(failure) && scheduler.nanoTime() - end < 0;
    }

    private static boolean isDiskFull(Throwable failure) {
        return isUnavailable(failure)
                && DatabaseUnavailableException.because(failure).isDiskFull();
    }

    /** Limits the wait for a result and converts its failure to one of the two forms. */
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
            // Timeouts, lost connections, failed handshakes: the driver has a type of its own for few of them.
            default -> true;
        };
    }
}
