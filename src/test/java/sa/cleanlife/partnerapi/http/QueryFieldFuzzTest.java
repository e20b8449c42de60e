package sa.cleanlife.partnerapi.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import sa.cleanlife.partnerapi.fuzz.AnswerCoverage;
import sa.cleanlife.partnerapi.http.json.FieldsFuzzTest;

/** Fuzzes a query field, from the request line through the HTTP server to the route that reads it. */
class QueryFieldFuzzTest {
    @RegisterExtension
    static final EchoServer SERVER = new EchoServer();

    @RegisterExtension
    static final AnswerCoverage COVERAGE = new AnswerCoverage("taken", "without it", "refused");

    private static final Pattern PERCENT_ENCODED = Pattern.compile("(?:[\\x00-\\x7F&&[^%]]|%[0-9a-fA-F]{2})*+");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");
    private static final String WHITE_SPACE_AT_ENDS = "^\\p{IsWhite_Space}+|\\p{IsWhite_Space}+$";

    @FuzzTest
    void says_what_the_field_is_or_what_is_wrong_with_it(byte[] bytes) throws Exception {
        var query = QueryFuzzTest.lineOf(bytes);

        for (var sent : List.of(query, "api_key=" + query, "api_key=a&" + query)) {
            var reply = SERVER.get(("/field?" + sent).getBytes(ISO_8859_1), "x: y".getBytes(UTF_8));

            var wrong = whatIsWrong(sent);
            assertThat(reply.status()).isEqualTo(wrong.isEmpty() ? 200 : 400);
            assertThat(EchoServer.sentences(reply)).isEqualTo(wrong);
            if (wrong.isEmpty()) {
                assertThat(EchoServer.parameter(reply)).isEqualTo(field(sent));
            }
        }
    }

    private static List<String> whatIsWrong(String query) {
        var values = values(query);
        var wrong = new ArrayList<String>();
        if (values.size() > 1) {
            wrong.add("api_key must be sent once");
        } else if (!values.isEmpty()) {
            strictlyDecoded(values.getFirst())
                    .ifPresentOrElse(
                            text -> addWhatIsWrongWith(text.replaceAll(WHITE_SPACE_AT_ENDS, ""), wrong),
                            () -> wrong.add("api_key must be percent-encoded UTF-8"));
        }
        COVERAGE.saw(!wrong.isEmpty() ? "refused" : values.isEmpty() ? "without it" : "taken");
        return wrong;
    }

    private static void addWhatIsWrongWith(String text, List<String> wrong) {
        if (CONTROL.matcher(text).find()) {
            wrong.add("api_key must not contain control characters or unpaired surrogates");
        }
        FieldsFuzzTest.addWhatIsShownWrong("api_key", text, wrong);
    }

    private static Optional<String> field(String query) {
        return values(query).stream()
                .map(value -> strictlyDecoded(value).orElseThrow().replaceAll(WHITE_SPACE_AT_ENDS, ""))
                .map(text -> Normalizer.normalize(text, Normalizer.Form.NFC))
                .filter(text -> !text.isEmpty())
                .findFirst();
    }

    /** The values of all parameters with exactly this name. */
    private static List<String> values(String query) {
        return Stream.of(query.split("&", -1))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> strictlyDecoded(pair[0]).equals(Optional.of("api_key")))
                .map(pair -> pair.length == 1 ? "" : pair[1])
                .toList();
    }

    /** The text whose percent-encoded UTF-8 this is; empty when it is not valid. */
    private static Optional<String> strictlyDecoded(String text) {
        if (!PERCENT_ENCODED.matcher(text).matches()) {
            return Optional.empty();
        }
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i += text.charAt(i) == '%' ? 3 : 1) {
            char c = text.charAt(i);
            bytes.write(c == '%' ? Integer.parseInt(text.substring(i + 1, i + 3), 16) : c == '+' ? ' ' : c);
        }
        var decoded = bytes.toString(UTF_8);
        return Arrays.equals(decoded.getBytes(UTF_8), bytes.toByteArray()) ? Optional.of(decoded) : Optional.empty();
    }
}
