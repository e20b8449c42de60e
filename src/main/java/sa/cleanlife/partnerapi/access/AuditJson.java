package sa.cleanlife.partnerapi.access;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.UUID;
import sa.cleanlife.partnerapi.http.Json;

/** An entry of the audit, as {@code audit list} prints it. */
record AuditJson(AuditEntry entry, JsonObject after) implements Json.Value {
    static AuditJson whole(AuditEntry entry) {
        return new AuditJson(entry, entry.after());
    }

    /** For a table: of what was added it leaves out what a new thing does not have, and what the other columns say. */
    static AuditJson inShort(AuditEntry entry) {
        if (!entry.before().isEmpty()) {
            return whole(entry);
        }
        var said = entry.key().map(UUID::toString).orElse(entry.partner());
        var after = new JsonObject();
        for (var field : entry.after()) {
            var value = field.getValue();
            if (value != null
                    && !value.equals(new JsonArray())
                    && !value.equals(said)
                    && !value.equals(entry.partner())) {
                after.put(field.getKey(), value);
            }
        }
        return new AuditJson(entry, after);
    }

    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("at", entry.at().toString());
        json.writeStringField("who", entry.who());
        json.writeStringField("what", entry.what());
        json.writeStringField("partner", entry.partner());
        if (entry.key().isPresent()) {
            json.writeStringField("key", entry.key().get().toString());
        } else {
            json.writeNullField("key");
        }
        json.writeFieldName("before");
        json.writeRawValue(entry.before().encode());
        json.writeFieldName("after");
        json.writeRawValue(after.encode());
        json.writeEndObject();
    }
}
