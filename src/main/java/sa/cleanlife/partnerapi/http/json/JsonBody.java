package sa.cleanlife.partnerapi.http.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a request body, which must be one JSON object. */
public final class JsonBody {
    private static final String BODY = "body";
    private static final String CONTENT_TYPE = "content-type";
    private static final String CONTENT_ENCODING = "content-encoding";
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private JsonBody() {}

    /**
     * Reads the fields. Throws if the body is not one JSON object; a wrong content type is recorded beside the other
     * failures.
     *
     * @param contentEncodings the lines of that header; any value but {@code identity} is rejected, even if the body is
     *     not encoded: after a false header nothing else in the body can be trusted
     */
    public static Fields read(
            Optional<String> contentType, List<String> contentEncodings, Buffer body, ValidationErrors errors) {
        if (!isJson(contentType.orElse(""))) {
            errors.add(CONTENT_TYPE, Sentences.CONTENT_TYPE.with(CONTENT_TYPE));
        }
        if (!contentEncodings.isEmpty() && !contentEncodings.stream().allMatch(JsonBody::isIdentity)) {
            throw errors.add(CONTENT_ENCODING, Sentences.CONTENT_ENCODING.with(CONTENT_ENCODING))
                    .exception();
        }
        var text = decode(body, errors);
        breakEscapesOfOtherDigits(text);
        return Fields.ofBody(readObject(text, errors), errors);
    }

    /** The fields of a missing body, which is allowed where all fields are optional. */
    public static Fields none(ValidationErrors errors) {
        return Fields.ofBody(Map.of(), errors);
    }

    private static boolean isJson(String contentType) {
        int parameters = contentType.indexOf(';');
        var mediaType = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return mediaType.strip().equalsIgnoreCase("application/json");
    }

    private static boolean isIdentity(String contentEncoding) {
        return Arrays.stream(contentEncoding.split(",", -1))
                .map(String::strip)
                .allMatch(coding -> coding.isEmpty() || coding.equalsIgnoreCase("identity"));
    }

    /** Decodes strictly: Jackson's own decoder accepts overlong forms and encoded surrogates. */
    private static CharBuffer decode(Buffer body, ValidationErrors errors) {
        var bytes = ByteBuffer.wrap(body.getBytes());
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes);
        } catch (CharacterCodingException e) {
            var sentence = beginsWithMarkOfUtf16(body)
                    ? Sentences.UTF_8_NOT_16.with(BODY)
                    : Sentences.UTF_8.with(BODY, bytes.position());
            throw errors.add(BODY, sentence).exception();
        }
    }

    /**
     * Whether the body begins with a UTF-16 byte order mark, in either byte order. That of UTF-32 has the same bytes,
     * possibly after two zero bytes.
     */
    private static boolean beginsWithMarkOfUtf16(Buffer body) {
        int from = body.length() >= 4 && body.getShort(0) == 0 ? 2 : 0;
        int mark = body.length() >= from + 2 ? body.getUnsignedShort(from) : 0;
        return mark == 0xFEFF || mark == 0xFFFE;
    }

    /**
     * Replaces non-ASCII characters in Unicode escapes by a character that Jackson rejects with its position. Jackson looks
     * only at their low byte, so it would take U+0130 for the digit 0.
     */
    private static void breakEscapesOfOtherDigits(CharBuffer text) {
        for (int i = 0; i < text.limit() - 1; i++) {
            // Skips two characters at a time: the second of two backslashes begins no escape.
            if (text.get(i) == '\\' && text.get(++i) == 'u') {
                for (int digit = i + 1; digit <= i + 4 && digit < text.limit(); digit++) {
                    if (text.get(digit) > 0x7F) {
                        text.put(digit, '?');
                    }
                }
            }
        }
    }

    private static Map<String, @Nullable Object> readObject(CharBuffer text, ValidationErrors errors) {
        var values = new HashMap<String, @Nullable Object>();
        if (!text.isEmpty() && text.get(0) == BYTE_ORDER_MARK) {
            throw errors.add(BODY, oneObjectBut(Sentences.BEGINS_WITH_A_MARK)).exception();
        }
        try (var json = Json.FACTORY.createParser(text.array(), 0, text.limit())) {
            var first = json.nextToken();
            if (first == null) {
                throw errors.add(BODY, oneObjectBut(Sentences.IS_EMPTY)).exception();
            }
            if (first != JsonToken.START_OBJECT) {
                throw notOneObject(errors, kindOf(first), json.currentTokenLocation());
            }
            for (var name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                values.put(name, JsonPart.read(json, text.array(), 0));
            }
            if (json.nextToken() != null) {
                throw notOneObject(errors, Sentences.IS_FOLLOWED, json.currentTokenLocation());
            }
            return values;
        } catch (StreamConstraintsException e) {
            throw errors.add(BODY, Sentences.DEPTH.with(BODY, Json.MAX_DEPTH)).exception();
        } catch (JacksonException e) {
            throw notOneObject(errors, faultOf(e), e.getLocation());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Sentence kindOf(JsonToken first) {
        return switch (first) {
            case START_ARRAY -> Sentences.IS_AN_ARRAY;
            case VALUE_STRING -> Sentences.IS_A_STRING;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Sentences.IS_A_NUMBER;
            default -> Sentences.IS_A_WORD;
        };
    }

    private static Sentence faultOf(JacksonException e) {
        // Jackson has no type for this error. Its message is only compared, never repeated: it quotes the body.
        return e.getOriginalMessage().startsWith("Duplicate field") ? Sentences.REPEATS_A_KEY : Sentences.IS_MALFORMED;
    }

    private static ValidationException notOneObject(ValidationErrors errors, Sentence but, @Nullable JsonLocation at) {
        var sentence = oneObjectBut(but);
        var placed = at == null ? sentence : sentence.and(Sentences.AT.with(at.getLineNr(), at.getColumnNr()));
        return errors.add(BODY, placed).exception();
    }

    private static Sentence oneObjectBut(Sentence but) {
        return Sentences.ONE_OBJECT.with(BODY).and(but);
    }
}
