package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the server answered; the names of headers are in lower case. */
record Answer(int status, Map<String, String> headers, String body) {
    JsonNode json() {
        return new JsonMapper().readTree(body);
    }

    JsonNode data() {
        assertThat(status).as(body).isEqualTo(200);
        return json().get("data");
    }

    String id() {
        return data().get("id").asString();
    }

    boolean isNewContact() {
        return data().get("isNewContact").asBoolean();
    }

    /** Fails unless this is the refusal with that code. */
    JsonNode error(int expectedStatus, String code) {
        assertThat(status).as(body).isEqualTo(expectedStatus);
        var error = json().get("error");
        assertThat(error.get("code").asString()).isEqualTo(code);
        assertThat(error.get("requestId").asString()).isEqualTo(headers.get("x-request-id"));
        return error;
    }

    /** The sentences of a validation error. */
    List<String> sentences() {
        return error(400, "VALIDATION_ERROR")
                .get("details")
                .get("message")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }
}
