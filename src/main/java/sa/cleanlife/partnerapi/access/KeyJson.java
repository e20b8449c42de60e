package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.Optional;
import sa.cleanlife.partnerapi.access.ApiKeys.Issued;
import sa.cleanlife.partnerapi.access.ApiKeys.Rotated;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.JsonWriter;

/** A key as commands print it and the audit stores it. The forms differ in the fields that they have. */
sealed interface KeyJson extends Json.Value {
    /** All stored fields of a key but its hash. */
    record Whole(KeyRecord key) implements KeyJson {
        @Override
        public void writeTo(JsonWriter out) {
            writeAll(out, key);
        }
    }

    /** All stored fields of a key but its hash, and its usage. */
    record WithUse(KeyRecord key, KeyUsage.Used used, CreatedContacts.Count created) implements KeyJson {
        @Override
        public void writeTo(JsonWriter out) {
            writeAll(out, key);
            out.fieldOrNull("lastUsedAt", used.lastUsedAt());
            out.field("callsToday", used.callsToday());
            out.field("newContactsInHour", created.inHour());
            out.field("newContactsInDay", created.inDay());
        }
    }

    /** The fields that tell a key apart in a list, and show whether it is in use. */
    record Listed(KeyRecord key, Optional<Instant> lastUsedAt) implements KeyJson {
        @Override
        public void writeTo(JsonWriter out) {
            writeNames(out, key);
            out.field("createdAt", key.createdAt().toString());
            out.fieldOrNull("expiresAt", key.expiresAt());
            out.fieldOrNull("revokedAt", key.revokedAt());
            out.fieldOrNull("lastUsedAt", lastUsedAt);
            // Permissions come last, since there may be many.
            writePermissions(out, key.rules());
        }
    }

    /** A new key with its secret, which is shown only once. */
    record New(Issued issued) implements KeyJson {
        @Override
        public void writeTo(JsonWriter out) {
            writeNew(out, issued);
        }
    }

    /** A new key, and until when the key that it replaces works. */
    record Successor(Rotated rotated) implements KeyJson {
        @Override
        public void writeTo(JsonWriter out) {
            var old = rotated.old();
            writeNew(out, rotated.successor());
            out.field("replaces", old.id());
            out.fieldOrNull("replacedWorksUntil", old.revokedAt().or(old::expiresAt));
        }
    }

    private static void writeAll(JsonWriter out, KeyRecord key) {
        writeNames(out, key);
        out.field("createdAt", key.createdAt().toString());
        out.fieldOrNull("expiresAt", key.expiresAt());
        out.fieldOrNull("revokedAt", key.revokedAt());
        out.fieldOrNull("successor", key.successor());
        writeLimits(out, key.rules());
        writePermissions(out, key.rules());
    }

    private static void writeNew(JsonWriter out, Issued issued) {
        var key = issued.record();
        out.field("id", key.id());
        out.field("partner", key.partner());
        out.fieldOrNull("label", key.label().text());
        out.field("key", issued.key().reveal());
        writePermissions(out, key.rules());
        out.field("createdAt", key.createdAt().toString());
        out.fieldOrNull("expiresAt", key.expiresAt());
        writeLimits(out, key.rules());
    }

    private static void writeNames(JsonWriter out, KeyRecord key) {
        out.field("id", key.id());
        out.field("partner", key.partner());
        out.fieldOrNull("label", key.label().text());
        out.field("prefix", key.kind().prefix());
        out.field("lastFour", key.lastFour());
    }

    private static void writeLimits(JsonWriter out, KeyRules rules) {
        out.fieldOrNull("rateLimit", rules.rateLimit())
                .fieldOrNull("newContactsPerDay", rules.newContactsPerDay())
                .strings(
                        "allowedAddresses",
                        rules.allowedAddresses().stream().map(Object::toString).toList());
    }

    static void writePermissions(JsonWriter out, KeyRules rules) {
        out.strings(
                "permissions",
                rules.permissions().stream().sorted().map(Permission::code).toList());
    }
}
