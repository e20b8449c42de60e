package sa.cleanlife.partnerapi.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

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
                    .maxNameLength(BodyReader.MAX_BYTES)
                    .maxNumberLength(BodyReader.MAX_BYTES)
                    .build())
            .build();

    private Json() {}

    /** Something that has a shape on the wire. */
    @FunctionalInterface
    public interface Value {
        void writeTo(JsonGenerator json) throws IOException;
    }

    public static Buffer write(Value value) {
        var bytes = new ByteArrayOutputStream(256);
        write(value, bytes);
        return Buffer.buffer(bytes.toByteArray());
    }

    public static void write(Value value, ByteArrayOutputStream out) {
        try (var json = FACTORY.createGenerator(out)) {
            value.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
