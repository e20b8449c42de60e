package sa.cleanlife.partnerapi.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Writes the fields of JSON objects, in the order of the calls. */
public final class JsonWriter {
    private static final int HALALA_DIGITS = 2;
    private static final DateTimeFormatter RIYADH =
            DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(ZoneId.of("Asia/Riyadh"));

    private final JsonGenerator json;
    private final Supplier<Language> language;

    /** @param language the language of the sentences, called when the first is written */
    JsonWriter(JsonGenerator json, Supplier<Language> language) {
        this.json = json;
        this.language = language;
    }

    /** A write with the IOException that Jackson declares, and never throws when it writes to memory. */
    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }

    private JsonWriter write(Write write) {
        try {
            write.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public JsonWriter field(String name, String value) {
        return write(() -> json.writeStringField(name, value));
    }

    public JsonWriter field(String name, UUID value) {
        return field(name, value.toString());
    }

    public JsonWriter field(String name, LocalDate value) {
        return field(name, value.toString());
    }

    public JsonWriter field(String name, WireName value) {
        return field(name, value.wireName());
    }

    /** Writes the sentence in the language of the response. */
    public JsonWriter field(String name, Sentence value) {
        return field(name, value.in(language.get()));
    }

    public JsonWriter field(String name, boolean value) {
        return write(() -> json.writeBooleanField(name, value));
    }

    public JsonWriter field(String name, long value) {
        return write(() -> json.writeNumberField(name, value));
    }

    /** Writes the number without trailing zeros: 2, 2.5. */
    public JsonWriter field(String name, BigDecimal value) {
        return number(name, value.stripTrailingZeros().toPlainString());
    }

    /** Writes an amount in halalas as riyals with two decimal places: 124.50. */
    public JsonWriter money(String name, long halalas) {
        return number(name, BigDecimal.valueOf(halalas, HALALA_DIGITS).toPlainString());
    }

    /** Writes a number from its digits. */
    public JsonWriter number(String name, String digits) {
        return write(() -> {
            json.writeFieldName(name);
            json.writeNumber(digits);
        });
    }

    public JsonWriter nullField(String name) {
        return write(() -> json.writeNullField(name));
    }

    /**
     * Writes a number as a number, any other value as its text, and an empty one as null. Only here an Optional is a
     * parameter, since JSON has a literal for an absent value.
     */
    public JsonWriter fieldOrNull(String name, Optional<?> value) {
        return switch (value.orElse(null)) {
            case null -> nullField(name);
            case Number number -> number(name, number.toString());
            case WireName word -> field(name, word);
            case Object other -> field(name, other.toString());
        };
    }

    /** Writes an instant in ISO 8601 with the offset of Riyadh, or null. */
    public JsonWriter instantOrNull(String name, Optional<Instant> value) {
        return fieldOrNull(name, value.map(RIYADH::format));
    }

    /** Writes a value that is JSON already. */
    public JsonWriter raw(String name, String value) {
        return write(() -> {
            json.writeFieldName(name);
            json.writeRawValue(value);
        });
    }

    public JsonWriter object(String name, Json.Value value) {
        return write(() -> {
            json.writeFieldName(name);
            writeObject(value);
        });
    }

    public JsonWriter array(String name, Collection<? extends Json.Value> items) {
        return write(() -> {
            json.writeArrayFieldStart(name);
            for (var item : items) {
                writeObject(item);
            }
            json.writeEndArray();
        });
    }

    /** Writes an array of strings. */
    public JsonWriter strings(String name, Collection<String> values) {
        return write(() -> {
            json.writeArrayFieldStart(name);
            for (var value : values) {
                json.writeString(value);
            }
            json.writeEndArray();
        });
    }

    /** Writes an array of sentences in the language of the response. */
    public JsonWriter sentences(String name, Collection<Sentence> values) {
        var chosen = language.get();
        return strings(name, values.stream().map(value -> value.in(chosen)).toList());
    }

    void writeObject(Json.Value value) throws IOException {
        json.writeStartObject();
        value.writeTo(this);
        json.writeEndObject();
    }
}
