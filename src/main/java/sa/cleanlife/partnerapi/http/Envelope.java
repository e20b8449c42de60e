package sa.cleanlife.partnerapi.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** The two shapes that every JSON answer has, as openapi.yaml describes them. */
final class Envelope {
    private Envelope() {}

    static Buffer success(Json.Value data) {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeBooleanField("success", true);
            json.writeFieldName("data");
            data.writeTo(json);
            json.writeEndObject();
        });
    }

    static Buffer failure(ApiException refusal, String requestId) {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeBooleanField("success", false);
            json.writeObjectFieldStart("error");
            json.writeStringField("code", refusal.code().name());
            json.writeStringField("message", refusal.publicSentence());
            if (!refusal.faults().isEmpty()) {
                writeDetails(json, refusal.faults());
            }
            json.writeStringField("requestId", requestId);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /** The platform's published shape, and beside it the same sentences by field. */
    private static void writeDetails(JsonGenerator json, ValidationErrors faults) throws IOException {
        json.writeObjectFieldStart("details");
        json.writeNumberField("statusCode", ErrorCode.VALIDATION_ERROR.status());
        json.writeStringField("error", "Bad Request");
        json.writeArrayFieldStart("message");
        for (var sentences : faults.byField().values()) {
            for (var sentence : sentences) {
                json.writeString(sentence);
            }
        }
        json.writeEndArray();
        json.writeObjectFieldStart("fields");
        for (var field : faults.byField().entrySet()) {
            json.writeArrayFieldStart(field.getKey());
            for (var sentence : field.getValue()) {
                json.writeString(sentence);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
