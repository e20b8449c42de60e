package sa.cleanlife.partnerapi.http;

import io.vertx.core.http.HttpMethod;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A path of the API, possibly with parameters ({@code …/{contactId}}), and the routes on it by method. */
final class Resource {
    private final String pattern;
    private final List<String> segments;
    private final Map<HttpMethod, Route> routes = new LinkedHashMap<>();

    Resource(String pattern) {
        this.pattern = pattern;
        this.segments = segmentsOf(pattern);
    }

    static boolean hasParameters(String pattern) {
        return pattern.indexOf('{') >= 0;
    }

    static List<String> segmentsOf(String path) {
        return List.of(path.split("/", -1));
    }

    String pattern() {
        return pattern;
    }

    void add(Route route) {
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

    /** The path's parameters, if it is this resource's path. */
    Optional<Map<String, String>> match(List<String> path) {
        if (path.size() != segments.size()) {
            return Optional.empty();
        }
        var parameters = new HashMap<String, String>();
        for (int i = 0; i < path.size(); i++) {
            var expected = segments.get(i);
            if (hasParameters(expected) && !path.get(i).isEmpty()) {
                parameters.put(expected.substring(1, expected.length() - 1), path.get(i));
            } else if (!expected.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }
}
