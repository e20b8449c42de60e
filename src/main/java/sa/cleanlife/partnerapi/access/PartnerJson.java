package sa.cleanlife.partnerapi.access;

import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.JsonWriter;

/** A partner as commands print it and the audit stores it. */
record PartnerJson(Partner partner) implements Json.Value {
    @Override
    public void writeTo(JsonWriter out) {
        out.field("id", partner.id())
                .field("name", partner.name())
                .field("status", partner.status().name())
                .field("createdAt", partner.createdAt().toString())
                .strings("domains", partner.hosts(false))
                .strings("sandboxDomains", partner.hosts(true))
                .field("sandboxAccess", partner.sandboxAccess());
    }
}
