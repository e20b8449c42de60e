package sa.cleanlife.partnerapi.access;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.operator.Operator;

/**
 * One change that an operator made: who, when, what, and the values before and after. It holds no secret, since no
 * field of partners and keys that it records is one.
 *
 * @param what the command's words, such as {@code key update}
 * @param before the changed fields with their old values; empty when something was added
 * @param after the changed fields with their new values; all fields of what was added
 */
record AuditEntry(
        UUID id,
        Instant at,
        String who,
        String what,
        String partner,
        Optional<UUID> key,
        JsonObject before,
        JsonObject after) {

    static AuditEntry added(Operator operator, String what, Partner partner) {
        return of(operator, what, partner.name(), Optional.empty(), new JsonObject(), json(new PartnerJson(partner)));
    }

    static AuditEntry added(Operator operator, String what, KeyRecord key) {
        return of(operator, what, key.partner(), Optional.of(key.id()), new JsonObject(), json(new KeyJson.Whole(key)));
    }

    static AuditEntry changed(Operator operator, String what, Partner before, Partner after) {
        var old = json(new PartnerJson(before));
        var current = json(new PartnerJson(after));
        return of(operator, what, after.name(), Optional.empty(), differing(old, current), differing(current, old));
    }

    static AuditEntry changed(Operator operator, String what, KeyRecord before, KeyRecord after) {
        var old = json(new KeyJson.Whole(before));
        var current = json(new KeyJson.Whole(after));
        return of(
                operator,
                what,
                after.partner(),
                Optional.of(after.id()),
                differing(old, current),
                differing(current, old));
    }

    private static AuditEntry of(
            Operator operator, String what, String partner, Optional<UUID> key, JsonObject before, JsonObject after) {
        return new AuditEntry(operator.newId(), operator.now(), operator.name(), what, partner, key, before, after);
    }

    private static JsonObject json(Json.Value value) {
        return new JsonObject(Json.write(value));
    }

    private static JsonObject differing(JsonObject fields, JsonObject others) {
        var differing = new JsonObject();
        for (var name : fields.fieldNames()) {
            if (!Objects.equals(fields.getValue(name), others.getValue(name))) {
                differing.put(name, fields.getValue(name));
            }
        }
        return differing;
    }
}
