package sa.cleanlife.partnerapi.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import sa.cleanlife.partnerapi.fuzz.AnswerCoverage;

/** Fuzzes a request's own id on its way through the HTTP server and back. */
class RequestIdFuzzTest {
    @RegisterExtension
    static final EchoServer SERVER = new EchoServer();

    @RegisterExtension
    static final AnswerCoverage COVERAGE = new AnswerCoverage("kept", "replaced", "not HTTP");

    private static final Pattern KEPT = Pattern.compile("[!-~]{1,128}");
    private static final Pattern RANDOM_UUID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

    /** Characters that no header may contain; without line breaks, the input cannot add another header. */
    private static final Pattern FORBIDDEN = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]");

    @FuzzTest
    void is_kept_when_it_is_1_to_128_printable_ascii_characters_and_else_replaced(byte[] bytes) throws Exception {
        var value = new String(bytes, ISO_8859_1).replaceAll("[\r\n]", "");
        var header = new ByteArrayOutputStream();
        header.writeBytes("x-request-id:".getBytes(UTF_8));
        header.writeBytes(value.getBytes(ISO_8859_1));

        var reply = SERVER.get("/nothing".getBytes(UTF_8), header.toByteArray());

        var id = reply.headers().get("x-request-id");
        var trimmed = value.replaceFirst("^[ \t]+", "").replaceFirst("[ \t]+$", "");
        if (reply.status() == 400) {
            COVERAGE.saw("not HTTP");
            assertThat(trimmed).containsPattern(FORBIDDEN);
            assertThat(id).matches(RANDOM_UUID);
        } else if (KEPT.matcher(trimmed).matches()) {
            COVERAGE.saw("kept");
            assertThat(reply.status()).isEqualTo(404);
            assertThat(id).isEqualTo(trimmed);
        } else {
            COVERAGE.saw("replaced");
            assertThat(reply.status()).isEqualTo(404);
            assertThat(id).matches(RANDOM_UUID);
        }
        assertThat(new JsonObject(reply.body()).getJsonObject("error").getString("requestId"))
                .isEqualTo(id);
    }
}
