package sa.cleanlife.partnerapi.http.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.core.buffer.Buffer;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import sa.cleanlife.partnerapi.fuzz.AnswerCoverage;
import sa.cleanlife.partnerapi.http.json.StrictJson.Digits;
import sa.cleanlife.partnerapi.http.json.StrictJson.NotAString;

/** Compares the body parser and its field rules with a strict parser and an independent form of the same rules. */
public class FieldsFuzzTest {
    @RegisterExtension
    static final AnswerCoverage COVERAGE = new AnswerCoverage("taken", "fields refused", "no object", "not UTF-8");

    private static final Optional<String> JSON = Optional.of("application/json");
    private static final Sentence MUST_BE_A_PHONE = new Sentence(
            "%s must be a phone",
            "%s \u064A\u062C\u0628 \u0623\u0646 \u064A\u0643\u0648\u0646 \u0647\u0627\u062A\u0641\u064B\u0627");
    private static final String NOT_JSON = "content-type must be application/json";
    private static final Pattern NOT_UTF8 = Pattern.compile("body must be UTF-8; (the byte at offset [0-9]+ is not"
            + "|it begins with a byte order mark of UTF-16 or UTF-32)");

    /** The sentences about a body that is not an object; none of them quotes it. */
    private static final Pattern NO_OBJECT = Pattern.compile(
            "body must not be nested deeper than 32"
                    + "|body must be one JSON object; (it is (empty|malformed|an array|a string|a number|true, false or null)"
                    + "|it begins with a byte order mark \\(U\\+FEFF\\), which must be left out|it repeats a key|something follows it)( at line [0-9]+, column [0-9]+)?");

    private static final int MOST_HOURS = 3;
    private static final Pattern LONG_EXPONENT = Pattern.compile("[eE][+-]?[0-9]{3,}");
    private static final String WHITE_SPACE = "\\p{IsWhite_Space}";
    private static final Pattern UNSTORABLE = Pattern.compile("[\\p{Cc}\\p{Cs}]");
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cf}\\p{M}\\p{Z}\\x{115F}\\x{1160}\\x{3164}\\x{FFA0}"
            + "\\x{2800}\\x{13441}\\x{13442}\\x{1D159}\\x{2065}\\x{FFF0}-\\x{FFF8}\\x{E0000}-\\x{E0FFF}]+");
    private static final Pattern DIRECTION = Pattern.compile("[\u202a-\u202e\u2066-\u2069]");

    /** The fields that the contacts route reads, and a list of numbers within an object. */
    private record Read(String phone, String name, String utmSource, List<BigDecimal> hours) {}

    @FuzzTest
    void takes_and_refuses_what_the_rules_say(byte[] body) {
        var text = new String(body, UTF_8);
        var isUtf8 = Arrays.equals(text.getBytes(UTF_8), body);
        var object = isUtf8 ? StrictJson.object(text) : Optional.<Map<String, Object>>empty();

        var sentences = new ArrayList<String>();
        var read = read(JSON, body, sentences);

        if (!isUtf8) {
            COVERAGE.saw("not UTF-8");
            assertThat(sentences).singleElement().asString().matches(NOT_UTF8);
        } else if (object.isEmpty()) {
            COVERAGE.saw("no object");
            assertThat(sentences).singleElement().asString().matches(NO_OBJECT);
        } else {
            var wanted = sentencesAbout(object.get());
            COVERAGE.saw(wanted.isEmpty() ? "taken" : "fields refused");
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

    /** Reads the body as a route does; on refusal, adds the sentences. */
    private static Optional<Read> read(Optional<String> contentType, byte[] body, List<String> sentences) {
        try {
            var fields = JsonBody.read(contentType, List.of(), Buffer.buffer(body), new ValidationErrors());
            var phone = fields.string("phone", MUST_BE_A_PHONE, (phoneText, refusal) -> Optional.of(phoneText))
                    .required();
            var name = fields.text("name").max(200).required();
            var utmSource = fields.text("utmSource").uncomposed().max(100).orElse("PARTNER");
            var hours = fields.object("order", FieldsFuzzTest::readHours).optional();
            fields.done();
            return Optional.of(new Read(phone, name, utmSource, hours.orElseGet(List::of)));
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

    private static List<BigDecimal> readHours(Fields order) {
        var hours = order.listOf(
                "hours",
                0,
                MOST_HOURS,
                (elements, number) ->
                        elements.decimal(number).between("1", "24").places(2));
        order.done();
        return hours;
    }

    private static List<String> sentencesAboutHours(Map<String, Object> object) {
        var sentences = new ArrayList<String>();
        var order = object.getOrDefault("order", NotAString.NULL);
        if (!(order instanceof Map<?, ?> fields)) {
            addUnless(order.equals(NotAString.NULL), "order must be an object", sentences);
            return sentences;
        }
        var hours = Optional.<Object>ofNullable(fields.get("hours")).orElse(NotAString.NULL);
        if (!(hours instanceof List<?> elements)) {
            addUnless(hours.equals(NotAString.NULL), "order.hours must be an array", sentences);
        } else if (elements.size() > MOST_HOURS) {
            sentences.add("order.hours must contain no more than 3 elements");
        } else {
            for (int i = 0; i < elements.size(); i++) {
                var name = "order.hours." + i;
                whatIsWrong(elements.get(i)).ifPresent(wrong -> sentences.add(name + " must " + wrong));
            }
        }
        return sentences;
    }

    private static Optional<String> whatIsWrong(Object hour) {
        if (!(hour instanceof Digits digits)) {
            return Optional.of(hour.equals(NotAString.NULL) ? "be a number; it is required" : "be a number");
        }
        if (digits.text().length() > 40 || LONG_EXPONENT.matcher(digits.text()).find()) {
            return Optional.of("be a number of at most 30 digits");
        }
        var number = new BigDecimal(digits.text()).stripTrailingZeros();
        // The number of digits before and after the decimal point, written without an exponent.
        var plain = number.abs().toPlainString().split("\\.", 2);
        int behind = plain.length == 1 ? 0 : plain[1].length();
        var all = (plain[0] + (behind == 0 ? "" : plain[1])).replaceFirst("^0+", "");
        if (all.length() > 30 || behind > 30) {
            return Optional.of("be a number of at most 30 digits");
        }
        if (behind > 2) {
            return Optional.of("have at most 2 decimal places");
        }
        if (number.compareTo(BigDecimal.ONE) < 0) {
            return Optional.of("not be less than 1");
        }
        return number.compareTo(BigDecimal.valueOf(24)) > 0 ? Optional.of("not be greater than 24") : Optional.empty();
    }

    private static List<BigDecimal> hoursOf(Map<String, Object> object) {
        return object.get("order") instanceof Map<?, ?> order && order.get("hours") instanceof List<?> hours
                ? hours.stream().map(hour -> plain(((Digits) hour).text())).toList()
                : List.of();
    }

    private static BigDecimal plain(String digits) {
        return new BigDecimal(digits).stripTrailingZeros();
    }

    private static List<String> sentencesAbout(Map<String, Object> object) {
        var sentences = new ArrayList<String>();
        var phone = object.getOrDefault("phone", NotAString.NULL);
        if (phone.equals(NotAString.NULL)) {
            sentences.add("phone must be a phone; it is required" + misnamed("phone", object));
        } else if (!(phone instanceof String)) {
            sentences.addAll(List.of("phone must be a string", "phone must be a phone"));
        }
        var name = object.getOrDefault("name", NotAString.NULL);
        if (name instanceof String text) {
            var length = length(Normalizer.normalize(stripped(text), Normalizer.Form.NFC));
            addUnless(length >= 1 && length <= 200, "name must be 1 to 200 characters long", sentences);
            addUnless(isStorable(stripped(text)), unstorable("name"), sentences);
            addWhatIsShownWrong("name", stripped(text), sentences);
        } else {
            sentences.add("name must be a string" + (name.equals(NotAString.NULL) ? "; it is required" : "")
                    + (name.equals(NotAString.NULL) ? misnamed("name", object) : ""));
        }
        var utmSource = object.getOrDefault("utmSource", NotAString.NULL);
        if (utmSource instanceof String text) {
            addUnless(length(stripped(text)) <= 100, "utmSource must be at most 100 characters long", sentences);
            addUnless(isStorable(stripped(text)), unstorable("utmSource"), sentences);
            addWhatIsShownWrong("utmSource", stripped(text), sentences);
        } else {
            addUnless(utmSource.equals(NotAString.NULL), "utmSource must be a string", sentences);
        }
        sentences.addAll(sentencesAboutHours(object));
        return sentences;
    }

    private static Read valuesOf(Map<String, Object> object) {
        var utmSource = object.get("utmSource") instanceof String text ? stripped(text) : "";
        return new Read(
                String.valueOf(object.get("phone")),
                Normalizer.normalize(stripped(String.valueOf(object.get("name"))), Normalizer.Form.NFC),
                utmSource.isEmpty() ? "PARTNER" : utmSource,
                hoursOf(object));
    }

    private static String unstorable(String field) {
        return field + " must not contain control characters or unpaired surrogates";
    }

    /** The rules about displayed text, apart from those about length and storable characters. */
    public static void addWhatIsShownWrong(String field, String text, List<String> sentences) {
        addUnless(
                text.isEmpty() || !isStorable(text) || !INVISIBLE.matcher(text).matches(),
                field + " must contain at least one visible character",
                sentences);
        addUnless(
                endsItsDirections(text),
                field + " must end each embedding, override and isolate of text direction that it begins"
                        + " (U+202A, U+202B, U+202D, U+202E, U+2066, U+2067, U+2068)",
                sentences);
    }

    /** Removes matched pairs, innermost first, and isolate ends without a beginning, until none is left. */
    private static boolean endsItsDirections(String text) {
        var controls = new StringBuilder();
        DIRECTION.matcher(text).results().forEach(control -> controls.append(control.group()));
        var left = controls.toString();
        for (var before = ""; !before.equals(left); ) {
            before = left;
            left = left.replaceFirst("[\u202a\u202b\u202d\u202e]\u202c", "")
                    .replaceFirst("[\u2066-\u2068][\u202a-\u202e]*\u2069", "")
                    .replaceFirst("^([^\u2066-\u2069]*)\u2069", "$1");
        }
        return !Pattern.compile("[\u202a\u202b\u202d\u202e\u2066-\u2068]")
                .matcher(left)
                .find();
    }

    private static String misnamed(String field, Map<String, Object> object) {
        return SimilarName.find(
                        field,
                        object.keySet().stream()
                                .filter(name -> !List.of("phone", "name", "utmSource", "order")
                                        .contains(name))
                                .toList())
                .map(similar -> "; send " + similar + " as " + field)
                .orElse("");
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
