package sa.cleanlife.partnerapi.access;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import sa.cleanlife.partnerapi.http.Json;

/** A partner, as commands print it and the audit keeps it. */
record PartnerJson(Partner partner) implements Json.Value {
    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", partner.id().toString());
        json.writeStringField("name", partner.name());
        json.writeStringField("status", partner.status().name());
        json.writeStringField("createdAt", partner.createdAt().toString());
        writeHosts(json, "domains", false);
        writeHosts(json, "sandboxDomains", true);
        json.writeBooleanField("sandboxAccess", partner.sandboxAccess());
        json.writeEndObject();
    }

    private void writeHosts(JsonGenerator json, String name, boolean sandbox) throws IOException {
        json.writeArrayFieldStart(name);
        for (var host : partner.hosts(sandbox)) {
            json.writeString(host);
        }
        json.writeEndArray();
    }
}
