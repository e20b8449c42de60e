package sa.cleanlife.peer;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.util.AlternativeJdkIdGenerator;
import org.springframework.util.IdGenerator;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/** Gives each request its id, and logs it in one line without phone, name or key. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class RequestLogFilter extends OncePerRequestFilter {
    static final String REQUEST_ID = "sa.cleanlife.peer.requestId";

    private static final Logger LOG = LoggerFactory.getLogger("access");

    /** These ids protect nothing, so they do not need the secure random source. */
    private final IdGenerator ids = new AlternativeJdkIdGenerator();

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getRequestURI().startsWith("/actuator");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var started = System.nanoTime();
        var requestId = requestId(request.getHeader("x-request-id"));
        request.setAttribute(REQUEST_ID, requestId);
        response.setHeader("X-Request-Id", requestId);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        try {
            chain.doFilter(request, response);
        } finally {
            log(request, response, requestId, System.nanoTime() - started);
        }
    }

    private static void log(HttpServletRequest request, HttpServletResponse response, String requestId, long nanos) {
        var line = LOG.atInfo().addKeyValue("requestId", requestId);
        if (request.getAttribute(KeyInterceptor.KEY) instanceof ActiveKey key) {
            line = line.addKeyValue("partner", key.partner()).addKeyValue("keyId", key.keyId());
        }
        line.addKeyValue("method", request.getMethod())
                .addKeyValue("route", request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE))
                .addKeyValue("status", response.getStatus())
                .addKeyValue("durationMs", TimeUnit.NANOSECONDS.toMicros(nanos) / 1_000.0)
                .log("request");
    }

    /** The caller's request id when it is 1 to 128 printable ASCII characters without spaces, otherwise a new one. */
    private String requestId(String sent) {
        return sent != null
                        && !sent.isEmpty()
                        && sent.length() <= 128
                        && sent.chars().allMatch(c -> c > ' ' && c < 0x7F)
                ? sent
                : ids.generateId().toString();
    }
}
