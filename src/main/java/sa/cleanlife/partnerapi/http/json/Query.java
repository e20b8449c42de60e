package sa.cleanlife.partnerapi.http.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads query parameters in the format of HTML forms: {@code name=value} pairs between ampersands, percent-encoded
 * UTF-8, a plus for a space. A parameter that is not read may be repeated or malformed.
 */
public final class Query {
    private Query() {}

    /** Reads the parameters of a query, which is the part after the question mark. */
    public static Fields read(String query, ValidationErrors errors) {
        var values = new HashMap<String, @Nullable Object>();
        for (var pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            var name = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (name.isPresent()) {
                values.merge(
                        name.get(),
                        value(equals < 0 ? "" : pair.substring(equals + 1)),
                        (one, other) -> Sentences.ONCE);
            }
        }
        return Fields.ofText(values, errors);
    }

    /** The path parameters, which are not decoded; none is missing. */
    public static Fields ofPath(Map<String, String> parameters, ValidationErrors errors) {
        return Fields.ofText(parameters, errors);
    }

    /** The text, or the sentence that says why it cannot be decoded. */
    private static Object value(String encoded) {
        return decode(encoded).<Object>map(text -> text).orElse(Sentences.PERCENT_ENCODED);
    }

    private static Optional<String> decode(String encoded) {
        var bytes = ByteBuffer.allocate(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                if (i + 2 >= encoded.length()
                        || !HexFormat.isHexDigit(encoded.charAt(i + 1))
                        || !HexFormat.isHexDigit(encoded.charAt(i + 2))) {
                    return Optional.empty();
                }
                bytes.put((byte) HexFormat.fromHexDigits(encoded, i + 1, i + 3));
                i += 2;
            } else if (c > 0x7F) {
                return Optional.empty();
            } else {
                bytes.put((byte) (c == '+' ? ' ' : c));
            }
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
