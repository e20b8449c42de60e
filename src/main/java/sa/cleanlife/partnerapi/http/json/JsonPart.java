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
 * A number, object or array of a body that has been found well-formed, kept as its place in the text. It is taken apart only
 * when a field asks for it, so that whatever a request has in fields that nobody reads costs no memory.
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
     * The value that begins with this parser's current token: a string, a boolean, null, or else a part of the text.
     *
     * @param start where in the text the parser began, which it counts from
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

    /** Of the current token's first character. */
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

    /** Of an object, its values by name. */
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

    /** Of an array, its values by number from 0 on; no more of them than that. */
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
