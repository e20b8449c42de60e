package sa.cleanlife.partnerapi.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;

/** JSON as it is on the wire: written field by field in a fixed order, read without repairing anything. */
public final class Json {
    static final int MAX_DEPTH = 32;

    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Jackson's table of names is shared by all requests, and names that collide on purpose break it for all.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    // Sizes are bounded by the body's own limit, so depth is the one constraint that can be met here.
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /** Something that is an object on the wire, and writes its fields. */
    @FunctionalInterface
    public interface Value {
        void writeTo(JsonWriter out);
    }

    /** One object, its sentences in English. */
    public static Buffer write(Value value) {
        return write(value, () -> Language.ENGLISH);
    }

    /** One object. */
    public static Buffer write(Value value, Supplier<Language> language) {
        var bytes = new ByteArrayOutputStream(256);
        write(value, language, bytes);
        return Buffer.buffer(bytes.toByteArray());
    }

    /** One object, its sentences in English, behind what was written there before. */
    public static void write(Value value, ByteArrayOutputStream out) {
        write(value, () -> Language.ENGLISH, out);
    }

    private static void write(Value value, Supplier<Language> language, ByteArrayOutputStream out) {
        try (var json = FACTORY.createGenerator(out)) {
            new JsonWriter(json, language).writeObject(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One array of objects. */
    public static Buffer writeArray(List<? extends Value> values) {
        var bytes = new ByteArrayOutputStream(256);
        try (var json = FACTORY.createGenerator(bytes)) {
            json.writeStartArray();
            for (var value : values) {
                new JsonWriter(json, () -> Language.ENGLISH).writeObject(value);
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }
}
