package sa.cleanlife.partnerapi.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The requests that {@code openapi.yaml} describes. */
public final class ApiDescription {
    private static final JsonNode DOCUMENT =
            // A repeated key is an error: readers of the published document refuse it.
            YAMLMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build()
                    .readTree(ApiDescription.class.getResourceAsStream("/openapi.yaml"));

    /** A method on a path, with its query parameters and the fields of its body, if any. */
    public record Operation(String id, String method, String path, List<String> queryParameters, List<Field> fields) {
        /** The path with this id as its parameter. */
        String pathTo(String id) {
            return path.replaceAll("\\{[^}]*}", id);
        }
    }

    /** A field of a body, with its types as JSON Schema names them. */
    public record Field(String name, Set<String> types, boolean required) {}

    private final List<Operation> operations = new ArrayList<>();

    public ApiDescription() {
        DOCUMENT.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> operations.add(new Operation(
                                operation.getValue().get("operationId").asString(),
                                operation.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                queryParameters(operation.getValue()),
                                fields(operation.getValue())))));
    }

    private static List<String> queryParameters(JsonNode operation) {
        return operation
                .path("parameters")
                .valueStream()
                .map(ApiDescription::resolved)
                .filter(parameter -> parameter.get("in").asString().equals("query"))
                .map(parameter -> parameter.get("name").asString())
                .toList();
    }

    private static List<Field> fields(JsonNode operation) {
        var schema = resolved(operation.at("/requestBody/content/application~1json/schema"));
        if (schema.isMissingNode()) {
            return List.of();
        }
        var required =
                schema.path("required").valueStream().map(JsonNode::asString).collect(Collectors.toSet());
        return schema.get("properties").properties().stream()
                .map(field -> new Field(
                        field.getKey(), types(field.getValue().get("type")), required.contains(field.getKey())))
                .toList();
    }

    private static JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? DOCUMENT.at(schema.get("$ref").asString().substring(1)) : schema;
    }

    private static Set<String> types(JsonNode type) {
        return type.isArray()
                ? type.valueStream().map(JsonNode::asString).collect(Collectors.toSet())
                : Set.of(type.asString());
    }

    public List<Operation> operations() {
        return List.copyOf(operations);
    }

    Operation operation(String id) {
        return operations.stream()
                .filter(operation -> operation.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("openapi.yaml has no operation " + id));
    }

    /** The methods of a path. */
    List<String> methods(String path) {
        return operations.stream()
                .filter(operation -> operation.path().equals(path))
                .map(Operation::method)
                .toList();
    }

    /** The names of the header and the query parameter for the key. */
    String keyHeader() {
        return DOCUMENT.at("/components/securitySchemes/apiKeyHeader/name").asString();
    }

    String keyParameter() {
        return DOCUMENT.at("/components/securitySchemes/apiKeyQuery/name").asString();
    }
}
