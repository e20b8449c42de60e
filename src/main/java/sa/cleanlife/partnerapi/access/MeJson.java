package sa.cleanlife.partnerapi.access;

import java.util.Locale;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.JsonWriter;

/** The caller on the wire: its partner, the environment, and the key that it calls with, but for the key itself. */
record MeJson(HeldKey held) implements Json.Value {
    @Override
    public void writeTo(JsonWriter out) {
        out.object("partner", this::writePartner)
                .field("environment", held.kind().name().toLowerCase(Locale.ROOT))
                .object("key", this::writeKey);
    }

    private void writePartner(JsonWriter out) {
        out.field("id", held.caller().partnerId()).field("name", held.caller().partner());
    }

    private void writeKey(JsonWriter out) {
        var rules = held.rules();
        out.field("id", held.caller().keyId())
                .fieldOrNull("label", held.label().text())
                .field("prefix", held.kind().prefix())
                .field("lastFour", held.lastFour());
        KeyJson.writePermissions(out, rules);
        out.fieldOrNull("rateLimit", rules.rateLimit())
                .fieldOrNull("newContactsPerDay", rules.newContactsPerDay())
                .instantOrNull("expiresAt", held.expiresAt());
    }
}
