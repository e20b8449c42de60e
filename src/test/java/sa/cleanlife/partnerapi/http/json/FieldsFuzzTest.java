package sa.cleanlife.partnerapi.http.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.core.buffer.Buffer;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import sa.cleanlife.partnerapi.fuzz.Reach;
import sa.cleanlife.partnerapi.http.json.StrictJson.NotAString;

/** The reader of bodies and the rules of its fields, beside a strict reader and the same rules in other words. */
class FieldsFuzzTest {
    @RegisterExtension
    static final Reach REACH = new Reach("taken", "fields refused", "no object", "not UTF-8");

    private static final Optional<String> JSON = Optional.of("application/json");
    private static final Sentence MUST_BE_A_PHONE = new Sentence(
            "%s must be a phone",
            "%s \u064A\u062C\u0628 \u0623\u0646 \u064A\u0643\u0648\u0646 \u0647\u0627\u062A\u0641\u064B\u0627");
    private static final String NOT_JSON = "content-type must be application/json";
    private static final Pattern NOT_UTF8 = Pattern.compile("body must be UTF-8; the byte at offset [0-9]+ is not");

    /** All that may be said of a body that is no object: nothing of what it holds. */
    private static final Pattern NO_OBJECT = Pattern.compile("body must not be nested deeper than 32"
            + "|body must be one JSON object; (it is (empty|malformed|an array|a string|a number|true, false or null)"
            + "|it repeats a key|something follows it)( at line [0-9]+, column [0-9]+)?");

    private static final String WHITE_SPACE = "\\p{IsWhite_Space}";
    private static final Pattern UNSTORABLE = Pattern.compile("[\\p{Cc}\\p{Cs}]");

    /** What the route of contacts reads. */
    private record Read(String phone, String name, String utmSource) {}

    @FuzzTest
    void takes_and_refuses_what_the_rules_say(byte[] body) {
        var text = new String(body, UTF_8);
        var isUtf8 = Arrays.equals(text.getBytes(UTF_8), body);
        var object = isUtf8 ? StrictJson.object(text) : Optional.<Map<String, Object>>empty();

        var sentences = new ArrayList<String>();
        var read = read(JSON, body, sentences);

        if (!isUtf8) {
            REACH.saw("not UTF-8");
            assertThat(sentences).singleElement().asString().matches(NOT_UTF8);
        } else if (object.isEmpty()) {
            REACH.saw("no object");
            assertThat(sentences).singleElement().asString().matches(NO_OBJECT);
        } else {
            var wanted = sentencesAbout(object.get());
            REACH.saw(wanted.isEmpty() ? "taken" : "fields refused");
            assertThat(sentences).isEqualTo(wanted);
            assertThat(read).isEqualTo(wanted.isEmpty() ? Optional.of(valuesOf(object.get())) : Optional.empty());
        }
        assertIsRefusedWithoutAContentTypeToo(body, sentences);
    }

    private static void assertIsRefusedWithoutAContentTypeToo(byte[] body, List<String> sentences) {
        var more = new ArrayList<String>();

        assertThat(read(Optional.empty(), body, more)).isEmpty();

        assertThat(more.getFirst()).isEqualTo(NOT_JSON);
        assertThat(more.subList(1, more.size())).isEqualTo(sentences);
    }

    /** As a route does it; of a refusal, its sentences. */
    private static Optional<Read> read(Optional<String> contentType, byte[] body, List<String> sentences) {
        try {
            var fields = JsonBody.read(contentType, Buffer.buffer(body), new ValidationErrors());
            var phone = fields.string("phone", MUST_BE_A_PHONE, (phoneText, refusal) -> Optional.of(phoneText))
                    .required();
            var name = fields.text("name").max(200).required();
            var utmSource = fields.text("utmSource").uncomposed().max(100).orElse("PARTNER");
            fields.done();
            return Optional.of(new Read(phone, name, utmSource));
        } catch (ValidationException refusal) {
            assertThat(refusal).hasMessage("VALIDATION_ERROR").hasNoCause();
            refusal.errors().byField().forEach((field, about) -> {
                assertThat(about)
                        .isNotEmpty()
                        .allMatch(sentence -> sentence.english().startsWith(field + " must "))
                        .allMatch(sentence -> sentence.arabic().startsWith(field + " \u064A\u062C\u0628 "));
                about.forEach(sentence -> sentences.add(sentence.english()));
            });
            return Optional.empty();
        }
    }

    private static List<String> sentencesAbout(Map<String, Object> object) {
        var sentences = new ArrayList<String>();
        var phone = object.getOrDefault("phone", NotAString.NULL);
        if (phone.equals(NotAString.NULL)) {
            sentences.add("phone must be a phone; it is required");
        } else if (!(phone instanceof String)) {
            sentences.addAll(List.of("phone must be a string", "phone must be a phone"));
        }
        var name = object.getOrDefault("name", NotAString.NULL);
        if (name instanceof String text) {
            var length = length(Normalizer.normalize(stripped(text), Normalizer.Form.NFC));
            addUnless(length >= 1 && length <= 200, "name must be 1 to 200 characters long", sentences);
            addUnless(isStorable(stripped(text)), unstorable("name"), sentences);
        } else {
            sentences.add("name must be a string" + (name.equals(NotAString.NULL) ? "; it is required" : ""));
        }
        var utmSource = object.getOrDefault("utmSource", NotAString.NULL);
        if (utmSource instanceof String text) {
            addUnless(length(stripped(text)) <= 100, "utmSource must be at most 100 characters long", sentences);
            addUnless(isStorable(stripped(text)), unstorable("utmSource"), sentences);
        } else {
            addUnless(utmSource.equals(NotAString.NULL), "utmSource must be a string", sentences);
        }
        return sentences;
    }

    private static Read valuesOf(Map<String, Object> object) {
        var utmSource = object.get("utmSource") instanceof String text ? stripped(text) : "";
        return new Read(
                String.valueOf(object.get("phone")),
                Normalizer.normalize(stripped(String.valueOf(object.get("name"))), Normalizer.Form.NFC),
                utmSource.isEmpty() ? "PARTNER" : utmSource);
    }

    private static String unstorable(String field) {
        return field + " must not contain control characters or unpaired surrogates";
    }

    private static boolean isStorable(String text) {
        return !UNSTORABLE.matcher(text).find();
    }

    private static String stripped(String text) {
        return text.replaceFirst("^" + WHITE_SPACE + "+", "").replaceFirst(WHITE_SPACE + "+$", "");
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static void addUnless(boolean holds, String sentence, List<String> sentences) {
        if (!holds) {
            sentences.add(sentence);
        }
    }
}
