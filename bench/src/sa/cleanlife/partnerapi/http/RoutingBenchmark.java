package sa.cleanlife.partnerapi.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import sa.cleanlife.partnerapi.MicroBenchmark;

/**
 * Finding the route of a path: in the routing table, with two patterns and with forty, and by the earlier algorithm.
 */
public class RoutingBenchmark extends MicroBenchmark {
    private String plain = "/v1/partners/contacts";
    private String withId = "/v1/partners/contacts/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60";
    private String last = "/v1/partners/resource9/3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60/deed";
    private RoutingTable two = table(0);
    private RoutingTable forty = table(38);
    private EveryPattern before = new EveryPattern(
            "/v1/partners/contacts", List.of("/v1/partners/contacts/{contactId}"));

    private static RoutingTable table(int more) {
        var table = new RoutingTable();
        add(table, "/v1/partners/contacts");
        add(table, "/v1/partners/contacts/{contactId}");
        for (int i = 0; i < more; i++) {
            var resource = "/v1/partners/resource" + i / 4;
            switch (i % 4) {
                case 0 -> add(table, resource);
                case 1 -> add(table, resource + "/{id}");
                case 2 -> add(table, resource + "/lookup");
                default -> add(table, resource + "/{id}/deed");
            }
        }
        add(table, "/v1/partners/resource9/{id}/deed");
        return table;
    }

    private static void add(RoutingTable table, String pattern) {
        table.resource(pattern)
                .add(new Route(HttpMethod.GET, pattern, request -> Future.failedFuture("never called")));
    }

    @Benchmark
    public Object plainOfTwo() {
        return two.find(plain);
    }

    @Benchmark
    public Object plainOfForty() {
        return forty.find(plain);
    }

    @Benchmark
    public Object plainBefore() {
        return before.find(plain);
    }

    @Benchmark
    public Object idOfTwo() {
        return two.find(withId).orElseThrow().parameters(withId);
    }

    @Benchmark
    public Object idOfForty() {
        return forty.find(withId).orElseThrow().parameters(withId);
    }

    @Benchmark
    public Object idBefore() {
        return before.find(withId);
    }

    @Benchmark
    public Object lastOfForty() {
        return forty.find(last).orElseThrow().parameters(last);
    }

    /** The earlier algorithm: a map of literal paths, then every pattern in turn with a map of parameters for each. */
    private static final class EveryPattern {
        private final Map<String, String> plain = new HashMap<>();
        private final Map<String, List<String>> patterns = new LinkedHashMap<>();

        EveryPattern(String plainPath, List<String> withParameters) {
            plain.put(plainPath, plainPath);
            withParameters.forEach(pattern -> patterns.put(pattern, List.of(pattern.split("/", -1))));
        }

        Object find(String path) {
            var found = plain.get(path);
            if (found != null) {
                return found;
            }
            var segments = List.of(path.split("/", -1));
            for (var candidate : patterns.values()) {
                var parameters = match(candidate, segments);
                if (parameters.isPresent()) {
                    return parameters.get();
                }
            }
            return "";
        }

        private static Optional<Map<String, String>> match(List<String> pattern, List<String> path) {
            if (path.size() != pattern.size()) {
                return Optional.empty();
            }
            var parameters = new HashMap<String, String>();
            for (int i = 0; i < path.size(); i++) {
                var expected = pattern.get(i);
                if (expected.startsWith("{") && !path.get(i).isEmpty()) {
                    parameters.put(expected.substring(1, expected.length() - 1), path.get(i));
                } else if (!expected.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(parameters);
        }
    }
}
