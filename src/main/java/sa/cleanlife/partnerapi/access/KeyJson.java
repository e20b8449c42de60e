package sa.cleanlife.partnerapi.access;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import sa.cleanlife.partnerapi.access.ApiKeys.Issued;
import sa.cleanlife.partnerapi.access.ApiKeys.Rotated;
import sa.cleanlife.partnerapi.http.Json;

/** A key, as commands print it and the audit keeps it: in more or fewer of the same fields. */
sealed interface KeyJson extends Json.Value {
    /** All that is kept of a key. */
    record Whole(KeyRecord key) implements KeyJson {
        @Override
        public void writeTo(JsonGenerator json) throws IOException {
            json.writeStartObject();
            writeAll(json, key);
            json.writeEndObject();
        }
    }

    /** All that is kept of a key, and what it has used. */
    record WithUse(KeyRecord key, KeyUsage.Used used, CreatedContacts.Count created) implements KeyJson {
        @Override
        public void writeTo(JsonGenerator json) throws IOException {
            json.writeStartObject();
            writeAll(json, key);
            writeTime(json, "lastUsedAt", used.lastUsedAt());
            json.writeNumberField("callsToday", used.callsToday());
            json.writeNumberField("newContactsInHour", created.inHour());
            json.writeNumberField("newContactsInDay", created.inDay());
            json.writeEndObject();
        }
    }

    /** What tells a key apart in a list. */
    record Listed(KeyRecord key) implements KeyJson {
        @Override
        public void writeTo(JsonGenerator json) throws IOException {
            json.writeStartObject();
            writeNames(json, key);
            writeTime(json, "createdAt", Optional.of(key.createdAt()));
            writeTime(json, "expiresAt", key.expiresAt());
            writeTime(json, "revokedAt", key.revokedAt());
            // Last, since there may be many.
            writePermissions(json, key.rules());
            json.writeEndObject();
        }
    }

    /** A new key, the only time that it is seen. */
    record New(Issued issued) implements KeyJson {
        @Override
        public void writeTo(JsonGenerator json) throws IOException {
            json.writeStartObject();
            writeNew(json, issued);
            json.writeEndObject();
        }
    }

    /** A new key and what becomes of the one that it replaces. */
    record Successor(Rotated rotated) implements KeyJson {
        @Override
        public void writeTo(JsonGenerator json) throws IOException {
            var old = rotated.old();
            json.writeStartObject();
            writeNew(json, rotated.successor());
            json.writeStringField("replaces", old.id().toString());
            writeTime(json, "replacedWorksUntil", old.revokedAt().or(old::expiresAt));
            json.writeEndObject();
        }
    }

    private static void writeAll(JsonGenerator json, KeyRecord key) throws IOException {
        writeNames(json, key);
        writeTime(json, "createdAt", Optional.of(key.createdAt()));
        writeTime(json, "expiresAt", key.expiresAt());
        writeTime(json, "revokedAt", key.revokedAt());
        writeText(json, "successor", key.successor().map(UUID::toString));
        writeLimits(json, key.rules());
        writePermissions(json, key.rules());
    }

    private static void writeNew(JsonGenerator json, Issued issued) throws IOException {
        var key = issued.record();
        json.writeStringField("id", key.id().toString());
        json.writeStringField("partner", key.partner());
        json.writeStringField("key", issued.key().reveal());
        writePermissions(json, key.rules());
        writeTime(json, "createdAt", Optional.of(key.createdAt()));
        writeTime(json, "expiresAt", key.expiresAt());
        writeLimits(json, key.rules());
    }

    private static void writeNames(JsonGenerator json, KeyRecord key) throws IOException {
        json.writeStringField("id", key.id().toString());
        json.writeStringField("partner", key.partner());
        json.writeStringField("prefix", key.kind().prefix());
        json.writeStringField("lastFour", key.lastFour());
    }

    private static void writeLimits(JsonGenerator json, KeyRules rules) throws IOException {
        writeNumber(json, "rateLimit", rules.rateLimit());
        writeNumber(json, "newContactsPerDay", rules.newContactsPerDay());
        json.writeArrayFieldStart("allowedAddresses");
        for (var range : rules.allowedAddresses()) {
            json.writeString(range.toString());
        }
        json.writeEndArray();
    }

    private static void writePermissions(JsonGenerator json, KeyRules rules) throws IOException {
        json.writeArrayFieldStart("permissions");
        for (var permission : rules.permissions().stream().sorted().toList()) {
            json.writeString(permission.code());
        }
        json.writeEndArray();
    }

    private static void writeTime(JsonGenerator json, String name, Optional<Instant> time) throws IOException {
        writeText(json, name, time.map(Instant::toString));
    }

    private static void writeText(JsonGenerator json, String name, Optional<String> text) throws IOException {
        if (text.isPresent()) {
            json.writeStringField(name, text.get());
        } else {
            json.writeNullField(name);
        }
    }

    private static void writeNumber(JsonGenerator json, String name, Optional<Integer> number) throws IOException {
        if (number.isPresent()) {
            json.writeNumberField(name, number.get());
        } else {
            json.writeNullField(name);
        }
    }
}
