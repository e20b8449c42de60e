package sa.cleanlife.partnerapi.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The one JSON object of a request's body, and the rules its fields keep, as openapi.yaml has them.
 *
 * <p>Each reader answers the value, or nothing after noting what is wrong with it. Read every field first, then call
 * {@link #refuseIfFaulty()}, then take the values: so all that is wrong is said at once.
 */
public final class Fields {
    /** The longest canonical decomposition of one character: text longer than this many times its limit stays too long. */
    private static final int MOST_COMPOSED_INTO_ONE = 4;

    /** Stands for a value of another type than string; unknown fields and wrong types need no more. */
    private static final Object NOT_A_STRING = new Object();

    private final ValidationErrors faults;
    private final Map<String, @Nullable Object> values;

    private Fields(ValidationErrors faults, Map<String, @Nullable Object> values) {
        this.faults = faults;
        this.values = values;
    }

    /** Throws the refusal when the body is not one JSON object; a wrong content type is noted beside the other faults. */
    static Fields read(@Nullable String contentType, Buffer body) {
        var faults = new ValidationErrors();
        if (!isJson(contentType)) {
            faults.add("content-type", "content-type must be application/json");
        }
        var text = decode(body, faults);
        breakEscapesOfOtherDigits(text);
        return new Fields(faults, readObject(text, faults));
    }

    private static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        int parameters = contentType.indexOf(';');
        var mediaType = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return mediaType.strip().equalsIgnoreCase("application/json");
    }

    /** Strict, where Jackson's own reader of bytes lets overlong forms and encoded surrogates pass. */
    private static CharBuffer decode(Buffer body, ValidationErrors faults) {
        var bytes = ByteBuffer.wrap(body.getBytes());
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes);
        } catch (CharacterCodingException e) {
            throw faults.add("body", "body must be UTF-8; the byte at offset %d is not".formatted(bytes.position()))
                    .refusal();
        }
    }

    /**
     * Jackson looks at the low byte of what stands in an escape, so that it takes U+0130 for the digit 0. Such a character
     * is replaced by one that Jackson refuses, and says where.
     */
    private static void breakEscapesOfOtherDigits(CharBuffer text) {
        for (int i = 0; i < text.limit() - 1; i++) {
            // Two at a time: the second backslash of two begins no escape.
            if (text.get(i) == '\\' && text.get(++i) == 'u') {
                for (int digit = i + 1; digit <= i + 4 && digit < text.limit(); digit++) {
                    if (text.get(digit) > 0x7F) {
                        text.put(digit, '?');
                    }
                }
            }
        }
    }

    private static Map<String, @Nullable Object> readObject(CharBuffer text, ValidationErrors faults) {
        var values = new HashMap<String, @Nullable Object>();
        try (var json =
                Json.FACTORY.createParser(text.array(), text.arrayOffset() + text.position(), text.remaining())) {
            var first = json.nextToken();
            if (first == null) {
                throw faults.add("body", "body must be one JSON object; it is empty")
                        .refusal();
            }
            if (first != JsonToken.START_OBJECT) {
                throw notOneObject(faults, "it is " + noun(first), json.currentTokenLocation());
            }
            for (var name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                values.put(name, readValue(json));
            }
            if (json.nextToken() != null) {
                throw notOneObject(faults, "something follows it", json.currentTokenLocation());
            }
            return values;
        } catch (StreamConstraintsException e) {
            throw faults.add("body", "body must not be nested deeper than %d".formatted(Json.MAX_DEPTH))
                    .refusal();
        } catch (JacksonException e) {
            throw notOneObject(faults, describe(e), e.getLocation());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Object readValue(JsonParser json) throws IOException {
        return switch (json.nextToken()) {
            case VALUE_STRING -> json.getText();
            case VALUE_NULL -> null;
            case START_OBJECT, START_ARRAY -> {
                json.skipChildren();
                yield NOT_A_STRING;
            }
            default -> NOT_A_STRING;
        };
    }

    private static String noun(JsonToken first) {
        return switch (first) {
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            default -> "true, false or null";
        };
    }

    private static String describe(JacksonException e) {
        // Jackson has no type of its own for this fault. Its message is only looked at: it quotes the body.
        return e.getOriginalMessage().startsWith("Duplicate field") ? "it repeats a key" : "it is malformed";
    }

    private static ApiException notOneObject(ValidationErrors faults, String reason, @Nullable JsonLocation at) {
        var where = at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
        return faults.add("body", "body must be one JSON object; " + reason + where)
                .refusal();
    }

    /**
     * A field that must be there, with a rule of its own.
     *
     * @param rule reads the string, or notes in the faults what to send instead and answers nothing
     * @param otherwise the rule's sentence for a value that is no string at all
     */
    public <T> Optional<T> required(
            String field, String otherwise, BiFunction<String, ValidationErrors, Optional<T>> rule) {
        var value = values.get(field);
        if (value instanceof String text) {
            return rule.apply(text, faults);
        }
        if (value != null) {
            faults.add(field, field + " must be a string");
            faults.add(field, otherwise);
        } else {
            faults.add(field, otherwise + "; it is required");
        }
        return Optional.empty();
    }

    /** Text that must be there: stripped, composed (NFC), and then 1 to {@code max} code points long. */
    public Optional<String> name(String field, int max) {
        var value = values.get(field);
        if (!(value instanceof String text)) {
            faults.add(field, field + " must be a string" + (value == null ? "; it is required" : ""));
            return Optional.empty();
        }
        var stripped = strip(text);
        // Composing takes quadratic time on hostile input, so what cannot become short enough is not composed.
        var name = codePoints(stripped) > max * MOST_COMPOSED_INTO_ONE
                ? stripped
                : Normalizer.normalize(stripped, Normalizer.Form.NFC);
        if (name.isEmpty() || codePoints(name) > max) {
            faults.add(field, "%s must be 1 to %d characters long".formatted(field, max));
        }
        return checked(field, name);
    }

    /** Text that may be left out, stripped and at most {@code max} code points long. */
    public Optional<String> text(String field, int max, String whenAbsentOrBlank) {
        var value = values.get(field);
        if (value == null) {
            return Optional.of(whenAbsentOrBlank);
        }
        if (!(value instanceof String text)) {
            faults.add(field, field + " must be a string");
            return Optional.empty();
        }
        var stripped = strip(text);
        if (codePoints(stripped) > max) {
            faults.add(field, "%s must be at most %d characters long".formatted(field, max));
        }
        return stripped.isEmpty() ? Optional.of(whenAbsentOrBlank) : checked(field, stripped);
    }

    /** PostgreSQL stores no NUL and no unpaired surrogate; the other control characters break whatever shows them. */
    private Optional<String> checked(String field, String text) {
        if (!isStorable(text)) {
            faults.add(field, field + " must not contain control characters or unpaired surrogates");
        }
        return faults.byField().containsKey(field) ? Optional.empty() : Optional.of(text);
    }

    private static boolean isStorable(String text) {
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            int type = Character.getType(c);
            if (type == Character.CONTROL || type == Character.SURROGATE) {
                return false;
            }
        }
        return true;
    }

    private static int codePoints(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isWhiteSpace(text.charAt(from))) {
            from++;
        }
        while (from < to && isWhiteSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** Unicode's White_Space property, which {@link Character#isWhitespace} is not: that leaves out the no-break spaces. */
    public static boolean isWhiteSpace(int codePoint) {
        return Character.isSpaceChar(codePoint) || (codePoint >= '\t' && codePoint <= '\r') || codePoint == 0x85;
    }

    /** Throws all that was found wrong, if anything was. */
    public void refuseIfFaulty() {
        if (!faults.isEmpty()) {
            throw faults.refusal();
        }
    }
}
