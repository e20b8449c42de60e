package sa.cleanlife.partnerapi.http.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A number, object or array of a well-formed body, kept as a range of the text. It is parsed only when a field is read,
 * so that fields that nobody reads cost no memory.
 */
final class JsonPart {
    private final char[] text;
    private final int from;
    private final int length;
    private final JsonToken kind;

    private JsonPart(char[] text, int from, int length, JsonToken kind) {
        this.text = text;
        this.from = from;
        this.length = length;
        this.kind = kind;
    }

    /**
     * Reads the value at the current token: a string, a boolean, null, or otherwise a part of the text.
     *
     * @param start the position in the text from which the parser counts
     */
    static @Nullable Object read(JsonParser json, char[] text, int start) throws IOException {
        var kind = json.currentToken();
        return switch (kind) {
            case VALUE_STRING -> json.getText();
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case START_OBJECT, START_ARRAY -> {
                int from = start + offset(json);
                json.skipChildren();
                yield new JsonPart(text, from, start + offset(json) + 1 - from, kind);
            }
            default -> new JsonPart(text, start + offset(json), json.getTextLength(), kind);
        };
    }

    /** The position of the current token. */
    private static int offset(JsonParser json) {
        return (int) json.currentTokenLocation().getCharOffset();
    }

    boolean isNumber() {
        return kind == JsonToken.VALUE_NUMBER_INT || kind == JsonToken.VALUE_NUMBER_FLOAT;
    }

    boolean isObject() {
        return kind == JsonToken.START_OBJECT;
    }

    boolean isArray() {
        return kind == JsonToken.START_ARRAY;
    }

    int length() {
        return length;
    }

    String text() {
        return new String(text, from, length);
    }

    /** The members of an object by name. */
    Map<String, @Nullable Object> members() {
        var members = new HashMap<String, @Nullable Object>();
        try (var json = Json.FACTORY.createParser(text, from, length)) {
            json.nextToken();
            for (var name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                members.put(name, read(json, text, from));
            }
            return members;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The elements of an array by index, up to the given number. */
    Map<String, @Nullable Object> elements(int most) {
        var elements = new LinkedHashMap<String, @Nullable Object>();
        try (var json = Json.FACTORY.createParser(text, from, length)) {
            json.nextToken();
            while (elements.size() < most && json.nextToken() != JsonToken.END_ARRAY) {
                elements.put(Integer.toString(elements.size()), read(json, text, from));
            }
            return elements;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
