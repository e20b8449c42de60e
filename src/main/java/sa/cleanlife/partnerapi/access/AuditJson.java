package sa.cleanlife.partnerapi.access;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.JsonWriter;

/** An entry of the audit as {@code audit list} prints it. */
record AuditJson(AuditEntry entry, JsonObject after) implements Json.Value {
    static AuditJson whole(AuditEntry entry) {
        return new AuditJson(entry, entry.after());
    }

    /**
     * For a table. An entry about something that was added leaves out empty fields, and values that other columns show.
     */
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
    public void writeTo(JsonWriter out) {
        out.field("at", entry.at().toString())
                .field("who", entry.who())
                .field("what", entry.what())
                .field("partner", entry.partner())
                .fieldOrNull("key", entry.key())
                .raw("before", entry.before().encode())
                .raw("after", after.encode());
    }
}
