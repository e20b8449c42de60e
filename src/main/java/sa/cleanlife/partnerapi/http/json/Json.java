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

/** JSON on the wire: written field by field in a fixed order, and read strictly. */
public final class Json {
    static final int MAX_DEPTH = 32;

    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Jackson shares its table of names among all requests, and deliberately colliding names would break it for
            // all.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    // The size limit of the body bounds all sizes, so depth is the only constraint needed here.
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /** A value that is a JSON object and writes its fields. */
    @FunctionalInterface
    public interface Value {
        void writeTo(JsonWriter out);
    }

    /** Writes an object, with its sentences in English. */
    public static Buffer write(Value value) {
        return write(value, () -> Language.ENGLISH);
    }

    /** Writes an object, with its sentences in the given language. */
    public static Buffer write(Value value, Supplier<Language> language) {
        var bytes = new ByteArrayOutputStream(256);
        write(value, language, bytes);
        return Buffer.buffer(bytes.toByteArray());
    }

    /** Appends an object to the output, with its sentences in English. */
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

    /** Writes an array of objects. */
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
