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

/** Writes the fields of one JSON object after another, in the order in which it is told. */
public final class JsonWriter {
    private static final int HALALA_DIGITS = 2;
    private static final DateTimeFormatter RIYADH =
            DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(ZoneId.of("Asia/Riyadh"));

    private final JsonGenerator json;
    private final Supplier<Language> language;

    /** @param language of the sentences, asked for when the first is written */
    JsonWriter(JsonGenerator json, Supplier<Language> language) {
        this.json = json;
        this.language = language;
    }

    /** What Jackson declares, and never does when it writes to memory. */
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

    /** In the language of the answer. */
    public JsonWriter field(String name, Sentence value) {
        return field(name, value.in(language.get()));
    }

    public JsonWriter field(String name, boolean value) {
        return write(() -> json.writeBooleanField(name, value));
    }

    public JsonWriter field(String name, long value) {
        return write(() -> json.writeNumberField(name, value));
    }

    /** Without needless zeros: 2, 2.5. */
    public JsonWriter field(String name, BigDecimal value) {
        return number(name, value.stripTrailingZeros().toPlainString());
    }

    /** An amount in whole halalas, as riyals with two decimal places: 124.50. */
    public JsonWriter money(String name, long halalas) {
        return number(name, BigDecimal.valueOf(halalas, HALALA_DIGITS).toPlainString());
    }

    /** A number whose digits are known. */
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
     * The value, a number as a number and any other as its text, or null. An Optional is an argument here alone, since JSON
     * has a word for a value that is not there.
     */
    public JsonWriter fieldOrNull(String name, Optional<?> value) {
        return switch (value.orElse(null)) {
            case null -> nullField(name);
            case Number number -> number(name, number.toString());
            case WireName word -> field(name, word);
            case Object other -> field(name, other.toString());
        };
    }

    /** An instant as partners read it: ISO 8601, with the offset of Riyadh; or null. */
    public JsonWriter instantOrNull(String name, Optional<Instant> value) {
        return fieldOrNull(name, value.map(RIYADH::format));
    }

    /** A value that is JSON already. */
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

    /** An array of strings. */
    public JsonWriter strings(String name, Collection<String> values) {
        return write(() -> {
            json.writeArrayFieldStart(name);
            for (var value : values) {
                json.writeString(value);
            }
            json.writeEndArray();
        });
    }

    /** An array of sentences, in the language of the answer. */
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
