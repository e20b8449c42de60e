package sa.cleanlife.partnerapi.bench;

import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** The responses to an {@link OpenLoop}. Times are in nanoseconds. */
final class Answers {
    static final Duration SLOT = Duration.ofMillis(100);
    private static final int SIGNIFICANT_DIGITS = 3;

    private final long start;
    private final Duration duration;
    private final Histogram accepted = new Histogram(SIGNIFICANT_DIGITS);
    private final Histogram refused = new Histogram(SIGNIFICANT_DIGITS);
    private final Map<Integer, Long> others = new TreeMap<>();
    private final long[] acceptedInSlot;
    private final long[] othersInSlot;
    private final BitSet acknowledged = new BitSet();
    private long sent;
    private long notSent;
    private long broken;
    private long withoutRetryAfter;

    Answers(long start, Duration duration) {
        this.start = start;
        this.duration = duration;
        int slots = (int) duration.dividedBy(SLOT);
        this.acceptedInSlot = new long[slots];
        this.othersInSlot = new long[slots];
    }

    void sent() {
        sent++;
    }

    void notSent() {
        notSent++;
    }

    void broken() {
        broken++;
    }

    /** @param number the number of the requested phone */
    void add(Connection.Received answer, int number, long now, long since) {
        switch (answer.status()) {
            case 0 -> broken++;
            case 200 -> {
                accepted.recordValue(now - since);
                acknowledged.set(number);
            }
            case 503 -> {
                refused.recordValue(now - since);
                withoutRetryAfter += answer.saysWhenToRetry() ? 0 : 1;
            }
            default -> others.merge(answer.status(), 1L, Long::sum);
        }
        int slot = (int) ((now - start) / SLOT.toNanos());
        if (slot < acceptedInSlot.length) {
            (answer.status() == 200 ? acceptedInSlot : othersInSlot)[slot]++;
        }
    }

    /** Fails unless every response was a 200, or a 503 with Retry-After. */
    void requireAnswers(String what) {
        CheckFailedException.require(broken == 0, "%s: %d connections broke or never got a response", what, broken);
        CheckFailedException.require(others.isEmpty(), "%s: responses by status: %s", what, others);
        CheckFailedException.require(
                withoutRetryAfter == 0, "%s: %d responses with 503 have no Retry-After", what, withoutRetryAfter);
    }

    void requireAcceptance(String what) {
        requireAnswers(what);
        CheckFailedException.require(refused() == 0, "%s: %d requests were rejected", what, refused());
    }

    long accepted() {
        return accepted.getTotalCount();
    }

    long refused() {
        return refused.getTotalCount();
    }

    long neverSent() {
        return notSent;
    }

    double sentPerSecond() {
        return sent / (duration.toNanos() / 1e9);
    }

    double acceptedP99Micros() {
        return accepted.getValueAtPercentile(99) / 1e3;
    }

    double refusedP99Micros() {
        return refused.getValueAtPercentile(99) / 1e3;
    }

    /** The numbers of the phones whose requests got a 200. */
    BitSet acknowledged() {
        return acknowledged;
    }

    /**
     * The milliseconds until full speed: the end of the first time slot with nine tenths of the requested rate, after
     * which all responses are 200 and the average is nine tenths of the rate too.
     */
    OptionalLong fullSpeedAfterMillis(double perSecond) {
        double asManyAs = 0.9 * perSecond * SLOT.toMillis() / 1e3;
        var first = OptionalLong.empty();
        long acceptedSince = 0;
        for (int slot = acceptedInSlot.length - 1; slot >= 0 && othersInSlot[slot] == 0; slot--) {
            acceptedSince += acceptedInSlot[slot];
            if (acceptedInSlot[slot] >= asManyAs && acceptedSince >= asManyAs * (acceptedInSlot.length - slot)) {
                first = OptionalLong.of((slot + 1) * SLOT.toMillis());
            }
        }
        return first;
    }
}
