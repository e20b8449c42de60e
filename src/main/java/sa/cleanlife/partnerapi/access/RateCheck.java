package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import sa.cleanlife.partnerapi.access.ratelimit.RateLimits;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Request;

/**
 * Rejects requests over the rate limit of their key, and tells in each response's headers how much of the limit is
 * left.
 */
public final class RateCheck implements AccessCheck {
    private static final CharSequence RATE_LIMIT_POLICY = HttpHeaders.createOptimized("RateLimit-Policy");
    private static final CharSequence RATE_LIMIT = HttpHeaders.createOptimized("RateLimit");

    private final RateLimits limits;

    public RateCheck(RateLimits limits) {
        this.limits = limits;
    }

    @Override
    public Future<Void> check(Request request, ActiveKey key) {
        var limit = key.rules().rateLimit();
        if (limit.isEmpty()) {
            return Future.succeededFuture();
        }
        request.addToAnswer(RATE_LIMIT_POLICY, "\"default\";q=" + limit.get() + ";w=" + RateLimits.WINDOW.toSeconds());
        var counting = limits.count(request.caller().keyId(), limit.get());
        return request.onItsLoop(counting).transform(counted -> {
            // If the database could not be asked, nothing is known to be left.
            var verdict = counted.succeeded() ? counted.result() : new RateLimits.Verdict(false, 0, 1);
            request.addToAnswer(
                    RATE_LIMIT, "\"default\";r=" + verdict.remaining() + ";t=" + verdict.secondsUntilMore());
            if (counted.failed()) {
                return Future.failedFuture(counted.cause());
            }
            return verdict.isWithin()
                    ? Future.succeededFuture()
                    : Future.failedFuture(ErrorCode.RATE_LIMIT_EXCEEDED
                            .error()
                            .retryAfter(verdict.secondsUntilMore())
                            .because("rate limit"));
        });
    }
}
