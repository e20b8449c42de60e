package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import sa.cleanlife.partnerapi.http.json.Json;

/** The response to a client when something fails while the response is made. */
class FaultTest {
    /** More requests than may be under way before pages are rejected. */
    private static final int MANY = 250;

    private static final Json.Value BROKEN = out -> {
        throw new StackOverflowError("of the test");
    };

    @RegisterExtension
    static final ProbeServer SERVER = new ProbeServer(FaultTest::addTo);

    private static final Logger LOG = (Logger) LoggerFactory.getLogger(FaultTest.class.getPackageName());

    /** Stack traces of hundreds of intended failures would bury an unintended one. */
    @BeforeAll
    static void log_no_failures() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void log_failures_again() {
        LOG.setLevel(Level.INFO);
    }

    private static void addTo(Api api) {
        api.get("/success", ProbeServer.EVERYBODY, request -> Future.succeededFuture(BROKEN));
        api.get(
                "/refusal",
                ProbeServer.EVERYBODY,
                request ->
                        Future.failedFuture(ErrorCode.RESOURCE_NOT_FOUND.error().with(BROKEN)));
        api.get("/header", ProbeServer.EVERYBODY, request -> {
            request.addToAnswer("x-broken", new Unreadable());
            return Future.succeededFuture(out -> {});
        });
        api.page("/page", 200, Map.of(), Buffer.buffer("page"));
    }

    /** A header value that fails when it is written for the first time. */
    private static final class Unreadable implements CharSequence {
        private boolean isBroken = true;

        @Override
        public int length() {
            if (isBroken) {
                isBroken = false;
                throw new IllegalStateException("of the test");
            }
            return 1;
        }

        @Override
        public char charAt(int index) {
            return 'x';
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return this;
        }

        @Override
        public String toString() {
            return "x";
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/success", "/refusal", "/header"})
    void gives_a_500_when_the_response_cannot_be_made(String path) {
        var answer = SERVER.get(path);

        answer.error(500, "INTERNAL_ERROR");
        assertThat(answer.headers()).containsKey("x-request-id").containsEntry("content-language", "en");
    }

    @Test
    void does_not_count_as_a_request_under_way_for_ever() {
        for (int i = 0; i < MANY; i++) {
            SERVER.get("/refusal").error(500, "INTERNAL_ERROR");
        }

        assertThat(SERVER.get("/page").status()).isEqualTo(200);
    }
}
