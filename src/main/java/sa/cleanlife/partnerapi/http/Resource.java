package sa.cleanlife.partnerapi.http;

import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A path of the API, with parameters ({@code …/{contactId}}) or without, and its routes by method. */
final class Resource {
    private final String pattern;
    private final List<String> segments;
    private final Map<HttpMethod, Route> routes = new LinkedHashMap<>();

    Resource(String pattern) {
        this.pattern = pattern;
        this.segments = List.of(pattern.split("/", -1));
    }

    static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }

    String pattern() {
        return pattern;
    }

    void add(Route route) {
        if (!route.pattern().equals(pattern)) {
            throw new IllegalStateException("two patterns for one path: " + pattern + " and " + route.pattern());
        }
        if (routes.put(route.method(), route) != null) {
            throw new IllegalStateException("two routes for " + route.method() + " " + route.pattern());
        }
    }

    Optional<Route> route(HttpMethod method) {
        return Optional.ofNullable(routes.get(method));
    }

    /** The value of the Allow header. */
    String allowedMethods() {
        return String.join(", ", routes.keySet().stream().map(HttpMethod::name).toList());
    }

    List<String> routes() {
        return routes.keySet().stream().map(method -> method + " " + pattern).toList();
    }

    /** The path parameters by name, as they were sent. */
    Map<String, String> parameters(String path) {
        var parameters = new LinkedHashMap<String, String>();
        var sent = path.split("/", -1);
        for (int i = 0; i < sent.length; i++) {
            var segment = segments.get(i);
            if (isParameter(segment)) {
                parameters.put(segment.substring(1, segment.length() - 1), sent[i]);
            }
        }
        return parameters;
    }
}
