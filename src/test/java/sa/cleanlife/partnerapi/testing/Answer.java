package sa.cleanlife.partnerapi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A response of the server; header names are in lower case. */
public record Answer(int status, Map<String, String> headers, String body) {
    public JsonNode json() {
        return parse(body);
    }

    /** To compare an answer with what a test writes out. */
    public static JsonNode parse(String json) {
        return new JsonMapper().readTree(json);
    }

    public JsonNode data() {
        assertThat(status).as(body).isEqualTo(200);
        return json().get("data");
    }

    public String id() {
        return data().get("id").asString();
    }

    public boolean isNewContact() {
        return data().get("isNewContact").asBoolean();
    }

    /** Asserts that the response is an error with this status and code, and returns its {@code error} object. */
    public JsonNode error(int expectedStatus, String code) {
        assertThat(status).as(body).isEqualTo(expectedStatus);
        var error = json().get("error");
        assertThat(error.get("code").asString()).isEqualTo(code);
        assertThat(error.get("requestId").asString()).isEqualTo(headers.get("x-request-id"));
        return error;
    }

    /** The sentences of a validation error. */
    public List<String> sentences() {
        return error(400, "VALIDATION_ERROR")
                .get("details")
                .get("message")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }
}
