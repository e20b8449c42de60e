package sa.cleanlife.peer;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;

/** Checks the key and its permission before anything else of the request is read. */
@Component
public class KeyInterceptor implements HandlerInterceptor {
    static final String KEY = "sa.cleanlife.peer.key";

    private static final String PERMISSION = "partner_contacts_read";

    private final KeyCache keys;

    public KeyInterceptor(KeyCache keys) {
        this.keys = keys;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        var sent = request.getHeader("x-api-key");
        var key = (sent == null ? null : keys.find(sent).orElse(null));
        if (key == null) {
            throw new ApiException(401, "UNAUTHORIZED", "A valid API key is needed: send it in the header x-api-key.");
        }
        request.setAttribute(KEY, key);
        if (!key.permissions().contains(PERMISSION)) {
            throw new ApiException(403, "FORBIDDEN", "This API key lacks the permission " + PERMISSION + ".");
        }
        return true;
    }
}
