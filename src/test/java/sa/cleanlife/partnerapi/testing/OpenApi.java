package sa.cleanlife.partnerapi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Checks responses against {@code openapi.yaml}. Every response that the test suite receives goes through here. */
public final class OpenApi {
    private static final JsonNode DOCUMENT =
            // A repeated key is an error: readers of the published document refuse it.
            YAMLMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build()
                    .readTree(OpenApi.class.getResourceAsStream("/openapi.yaml"));
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Map<String, Schema> SCHEMA_BY_POINTER = new ConcurrentHashMap<>();

    /** Headers of the transport, which the API does not describe. */
    private static final Set<String> TRANSPORT_HEADERS = Set.of("content-length", "content-type", "connection");

    private OpenApi() {}

    /** The document as merged by the build. */
    public static String text() throws IOException {
        try (var in = Objects.requireNonNull(OpenApi.class.getResourceAsStream("/openapi.yaml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Every operation, as {@code "GET /v1/…"}. */
    public static List<String> operations() {
        var operations = new ArrayList<String>();
        for (var path : DOCUMENT.get("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                operations.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
            }
        }
        return operations.stream().sorted().toList();
    }

    /** The permission that a key needs for an operation such as {@code "GET /v1/…"}; empty when any key will do. */
    public static Optional<String> permission(String operation) {
        var scopes = DOCUMENT.at(pointer(operation) + "/security/0/apiKeyHeader");
        assertThat(scopes.isArray() && scopes.size() <= 1)
                .as("openapi.yaml has a security of at most one permission for %s", operation)
                .isTrue();
        return scopes.isEmpty() ? Optional.empty() : Optional.of(scopes.get(0).asString());
    }

    /** The first example of an operation's body; empty when it takes none. */
    public static Optional<JsonNode> exampleBody(String operation) {
        var body = pointer(operation) + "/requestBody";
        return DOCUMENT.at(body).isMissingNode()
                ? Optional.empty()
                : examples(body).values().stream().findFirst();
    }

    private static String pointer(String operation) {
        var parts = operation.split(" ", 2);
        return "/paths/" + parts[1].replace("/", "~1") + "/" + parts[0].toLowerCase(Locale.ROOT);
    }

    /** Asserts that every example of the operation's request body and responses conforms to its schema. */
    public static void checkExamples(String operation) {
        var body = pointer(operation) + "/requestBody";
        if (!DOCUMENT.at(body).isMissingNode()) {
            checkExamplesAt(body);
        }
        var responses = pointer(operation) + "/responses";
        for (var status : DOCUMENT.at(responses).propertyNames()) {
            checkExamplesAt(responses + "/" + status);
        }
    }

    private static void checkExamplesAt(String pointer) {
        var place = DOCUMENT.at(pointer).has("$ref")
                ? DOCUMENT.at(pointer).get("$ref").asString().substring(1)
                : pointer;
        if (!DOCUMENT.at(place).has("content")) {
            return;
        }
        var schema = schema(place + "/content/application~1json/schema");
        examples(place)
                .forEach((name, example) -> assertThat(schema.validate(example))
                        .as("schema violations of the example %s at %s", name, pointer)
                        .isEmpty());
    }

    /** The examples at this pointer of the document, by name. */
    public static Map<String, JsonNode> examples(String pointer) {
        var examples = new LinkedHashMap<String, JsonNode>();
        DOCUMENT.at(pointer + "/content/application~1json/examples")
                .properties()
                .forEach(example ->
                        examples.put(example.getKey(), example.getValue().get("value")));
        assertThat(examples).as("examples at " + pointer).isNotEmpty();
        return examples;
    }

    public static JsonNode example(String pointer, String name) {
        return Optional.ofNullable(examples(pointer).get(name))
                .orElseThrow(() -> new AssertionError("openapi.yaml has no example " + name + " at " + pointer));
    }

    /** Asserts that the document describes this response: its status, each of its headers, and its body. */
    public static void check(String method, String path, int status, Map<String, String> headers, String body) {
        var pointer = responsePointer(method, path, status);
        var response = DOCUMENT.at(pointer);
        assertThat(response.isMissingNode())
                .as("openapi.yaml describes %s for %s %s", status, method, path)
                .isFalse();
        if (response.has("$ref")) {
            pointer = response.get("$ref").asString().substring(1);
            response = DOCUMENT.at(pointer);
        }
        checkHeaders(response, pointer, headers);
        if (!response.has("content")) {
            assertThat(body).as("body of %s for %s %s", status, method, path).isEmpty();
            assertThat(headers).doesNotContainKey("content-type");
            return;
        }
        var schemaPointer = pointer + "/content/application~1json/schema";
        assertThat(schema(schemaPointer).validate(new JsonMapper().readTree(body)))
                .as("schema violations in the body of %s for %s %s", status, method, path)
                .isEmpty();
    }

    private static String responsePointer(String method, String path, int status) {
        var template = templateOf(path);
        if (template.isEmpty()) {
            return "/components/responses/UnknownPath";
        }
        if (method.equals("OPTIONS") && status != 405) {
            return "/components/responses/" + (status == 204 ? "Preflight" : "Forbidden");
        }
        var operation = "/paths/" + escape(template) + "/" + method.toLowerCase(Locale.ROOT);
        return DOCUMENT.at(operation).isMissingNode()
                ? "/components/responses/MethodNotAllowed"
                : operation + "/responses/" + status;
    }

    /** The path's template, or an empty string when the document has no such path. */
    private static String templateOf(String path) {
        return DOCUMENT.get("paths").propertyNames().stream()
                .filter(template -> path.matches(template.replaceAll("\\{[^}]*}", "[^/]*")))
                .findFirst()
                .orElse("");
    }

    private static void checkHeaders(JsonNode response, String pointer, Map<String, String> headers) {
        var described = response.get("headers").properties().stream()
                .collect(Collectors.toMap(header -> header.getKey().toLowerCase(Locale.ROOT), Map.Entry::getKey));
        described.forEach((lower, name) -> {
            var headerPointer = pointer + "/headers/" + name;
            var header = DOCUMENT.at(headerPointer);
            if (header.has("$ref")) {
                headerPointer = header.get("$ref").asString().substring(1);
            }
            if (!headers.containsKey(lower)
                    && !DOCUMENT.at(headerPointer + "/required").asBoolean(true)) {
                return;
            }
            assertThat(headers).as("headers").containsKey(lower);
            var schemaPointer = headerPointer + "/schema";
            var value = headers.get(lower);
            var isNumber =
                    "integer".equals(DOCUMENT.at(schemaPointer).path("type").asString(""));
            var node = isNumber ? new JsonMapper().readTree(value) : new JsonMapper().valueToTree(value);
            assertThat(schema(schemaPointer).validate(node))
                    .as("schema violations in the header %s", name)
                    .isEmpty();
        });
        assertThat(headers.keySet())
                .as("headers, all described in openapi.yaml")
                .allMatch(name -> described.containsKey(name) || TRANSPORT_HEADERS.contains(name));
    }

    /** The whole document is the schema's root, so that references resolve. */
    private static Schema schema(String pointer) {
        return SCHEMA_BY_POINTER.computeIfAbsent(pointer, at -> {
            assertThat(DOCUMENT.at(at).isMissingNode())
                    .as("openapi.yaml has %s", at)
                    .isFalse();
            var root = (ObjectNode) DOCUMENT.deepCopy();
            root.put("$ref", "#" + at);
            return SCHEMAS.getSchema(root);
        });
    }

    private static String escape(String segment) {
        return segment.replace("~", "~0").replace("/", "~1");
    }
}
