package sa.cleanlife.partnerapi.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import sa.cleanlife.partnerapi.fuzz.AnswerCoverage;

/** Fuzzes a query, from the request line through the HTTP server to the filter that looks for the key. */
class QueryFuzzTest {
    @RegisterExtension
    static final EchoServer SERVER = new EchoServer();

    @RegisterExtension
    static final AnswerCoverage COVERAGE = new AnswerCoverage("with the parameter", "without it", "malformed");

    private static final String WITH_KEY = "api_key=pk_live_0123456789ABCDEFGHIJKLMNOP49O6qD&";
    private static final Pattern API_KEY = Pattern.compile("api_key", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST = 3_900;
    private static final int MOST_PARAMETERS = 1_024;

    @FuzzTest
    void says_what_the_parameter_is_or_nothing_and_is_no_trouble(byte[] bytes) throws Exception {
        var query = lineOf(bytes);

        var reply = SERVER.get(("/echo?" + query).getBytes(ISO_8859_1), "x: y".getBytes(UTF_8));
        var afterKey = SERVER.get(("/echo?" + WITH_KEY + query).getBytes(ISO_8859_1), "x: y".getBytes(UTF_8));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(EchoServer.parameter(reply)).isEqualTo(parameter(query));
        assertThat(afterKey.status()).isEqualTo(200);
        assertThat(EchoServer.parameter(afterKey)).isEqualTo(parameter(WITH_KEY + query));
    }

    /** The bytes as they can appear in a request line; all others are percent-encoded. */
    static String lineOf(byte[] bytes) {
        var line = new StringBuilder();
        for (var b : bytes) {
            var c = b & 0xFF;
            line.append(c <= ' ' || c == 0x7F ? "%%%02x".formatted(c) : Character.toString(c));
        }
        return line.substring(0, Math.min(LONGEST, line.length()));
    }

    /**
     * The first parameter of this name, in form encoding; empty when any part of the query is malformed. The HTTP
     * server ignores the case of ASCII letters in names, drops equals signs before a name, and ignores empty
     * parameters.
     */
    private static Optional<String> parameter(String query) {
        var kind = "without it";
        var found = Optional.<String>empty();
        try {
            var parameters = Stream.of(query.split("#", 2)[0].split("[&;]"))
                    .map(parameter -> parameter.replaceFirst("^=+", ""))
                    .filter(parameter -> !parameter.isEmpty())
                    .limit(MOST_PARAMETERS)
                    .toList();
            for (var parameter : parameters) {
                var pair = parameter.split("=", 2);
                var name = decoded(pair[0]);
                var value = decoded(pair.length == 1 ? "" : pair[1]);
                if (found.isEmpty() && API_KEY.matcher(name).matches()) {
                    found = Optional.of(value);
                    kind = "with the parameter";
                }
            }
        } catch (IllegalArgumentException malformed) {
            found = Optional.empty();
            kind = "malformed";
        }
        COVERAGE.saw(kind);
        return found;
    }

    /** Percent-encoded bytes are decoded as UTF-8; other characters stand for themselves. */
    private static String decoded(String text) {
        var decoded = new StringBuilder();
        var encoded = new ByteArrayOutputStream();
        for (var i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                if (!text.substring(i + 1).matches("(?s)[0-9a-fA-F]{2}.*")) {
                    throw new IllegalArgumentException("malformed");
                }
                encoded.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                decoded.append(encoded.toString(UTF_8)).append(text.charAt(i) == '+' ? ' ' : text.charAt(i));
                encoded.reset();
            }
        }
        return decoded.append(encoded.toString(UTF_8)).toString();
    }
}
