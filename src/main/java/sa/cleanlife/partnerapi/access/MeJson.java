package sa.cleanlife.partnerapi.access;

import java.util.Locale;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.JsonWriter;

/** The caller as JSON: its partner, the environment, and its key without the secret. */
record MeJson(ActiveKey key) implements Json.Value {
    @Override
    public void writeTo(JsonWriter out) {
        out.object("partner", this::writePartner)
                .field("environment", key.kind().name().toLowerCase(Locale.ROOT))
                .object("key", this::writeKey);
    }

    private void writePartner(JsonWriter out) {
        out.field("id", key.caller().partnerId()).field("name", key.caller().partner());
    }

    private void writeKey(JsonWriter out) {
        var rules = key.rules();
        out.field("id", key.caller().keyId())
                .fieldOrNull("label", key.label().text())
                .field("prefix", key.kind().prefix())
                .field("lastFour", key.lastFour());
        KeyJson.writePermissions(out, rules);
        out.fieldOrNull("rateLimit", rules.rateLimit())
                .fieldOrNull("newContactsPerDay", rules.newContactsPerDay())
                .instantOrNull("expiresAt", key.expiresAt());
    }
}
