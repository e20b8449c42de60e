package sa.cleanlife.partnerapi.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the resource for a path, without allocating and in a time that does not grow with the number of patterns.
 * Patterns without parameters are in a map. The others form a tree with one level per segment, in which literals take
 * precedence over parameters; a parameter matches any segment that is not empty.
 */
final class RoutingTable {
    private static final class Node {
        private final String literal;
        private final List<Node> literals = new ArrayList<>();
        private Optional<Node> parameter = Optional.empty();
        private Optional<Resource> resource = Optional.empty();

        Node(String literal) {
            this.literal = literal;
        }

        private boolean isAt(String path, int from, int to) {
            return literal.length() == to - from && path.startsWith(literal, from);
        }
    }

    private final Map<String, Optional<Resource>> plain = new HashMap<>();
    private final Node root = new Node("");

    /** Returns the resource for the pattern, and adds it if there is none. */
    Resource resource(String pattern) {
        var node = root;
        for (var segment : pattern.substring(1).split("/", -1)) {
            node = Resource.isParameter(segment) ? parameterOf(node) : literalOf(node, segment);
        }
        if (node.resource.isEmpty()) {
            node.resource = Optional.of(new Resource(pattern));
        }
        if (pattern.indexOf('{') < 0) {
            plain.put(pattern, node.resource);
        }
        return node.resource.get();
    }

    private static Node parameterOf(Node node) {
        if (node.parameter.isEmpty()) {
            node.parameter = Optional.of(new Node(""));
        }
        return node.parameter.get();
    }

    private static Node literalOf(Node node, String segment) {
        for (var child : node.literals) {
            if (child.literal.equals(segment)) {
                return child;
            }
        }
        var child = new Node(segment);
        node.literals.add(child);
        return child;
    }

    Optional<Resource> find(String path) {
        var whole = plain.get(path);
        if (whole != null) {
            return whole;
        }
        return path.startsWith("/") ? find(root, path, 1) : Optional.empty();
    }

    /** The pattern that a client probably meant by a path that does not exist. */
    Optional<String> nearest(String path) {
        return NearestPath.find(path, resources().map(Resource::pattern).toList());
    }

    private static Optional<Resource> find(Node node, String path, int from) {
        if (from > path.length()) {
            return node.resource;
        }
        int slash = path.indexOf('/', from);
        int to = slash < 0 ? path.length() : slash;
        var literals = node.literals;
        for (int i = 0; i < literals.size(); i++) {
            var child = literals.get(i);
            if (child.isAt(path, from, to)) {
                var found = find(child, path, to + 1);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return to > from && node.parameter.isPresent() ? find(node.parameter.get(), path, to + 1) : Optional.empty();
    }

    Stream<Resource> resources() {
        return resources(root);
    }

    private static Stream<Resource> resources(Node node) {
        return Stream.concat(
                node.resource.stream(),
                Stream.concat(node.literals.stream(), node.parameter.stream()).flatMap(RoutingTable::resources));
    }
}
