package sa.cleanlife.partnerapi.access;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import sa.cleanlife.partnerapi.fuzz.AnswerCoverage;

/** Fuzzes the key parser, which receives input from everybody. */
class ApiKeyFuzzTest {
    @RegisterExtension
    static final AnswerCoverage COVERAGE = new AnswerCoverage("a key", "not the form of a key", "another checksum");

    private static final Pattern FORM = Pattern.compile("(pk_live_|pk_sandbox_)[0-9A-Za-z]{32}");
    private static final Pattern LENGTH = Pattern.compile("(?s)(pk_live_|pk_sandbox_).{32}");
    private static final int CHECKSUM = 6;

    @FuzzTest
    void takes_a_key_when_its_form_and_checksum_are_right_and_never_prints_it(byte[] bytes) {
        // Headers and queries carry one character per byte, and percent-encoding any byte: all the same to a key.
        var text = new String(bytes, ISO_8859_1);

        assertIsTakenWhenRight(text);
        if (LENGTH.matcher(text).matches()) {
            assertIsTakenWhenRight(withRightChecksum(text));
        }
    }

    private static void assertIsTakenWhenRight(String text) {
        var key = ApiKey.parse(text);

        assertThat(key.map(ApiKey::reveal)).isEqualTo(isRight(text) ? Optional.of(text) : Optional.empty());
        key.ifPresent(taken -> {
            assertThat(taken).hasToString("ApiKey(hidden)");
            assertThat(taken.hash()).isEqualTo(ApiKeyHash.of(text));
            assertThat(taken.hash().toString()).doesNotContain(text);
            assertThat(text).endsWith(taken.lastFour());
            assertThat(taken.lastFour()).hasSize(4);
        });
    }

    private static boolean isRight(String text) {
        if (!FORM.matcher(text).matches()) {
            COVERAGE.saw("not the form of a key");
            return false;
        }
        var isRight = text.equals(withRightChecksum(text));
        COVERAGE.saw(isRight ? "a key" : "another checksum");
        return isRight;
    }

    /** Textbook CRC-32 and base 62, independent of the server's code. */
    private static String withRightChecksum(String key) {
        var checked = key.substring(0, key.length() - CHECKSUM);
        var crc = 0xFFFF_FFFF;
        for (var c : checked.getBytes(ISO_8859_1)) {
            crc ^= c & 0xFF;
            for (var bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0xEDB8_8320;
            }
        }
        var rest = BigInteger.valueOf(Integer.toUnsignedLong(~crc));
        var checksum = new StringBuilder();
        while (checksum.length() < CHECKSUM) {
            var digit = rest.mod(BigInteger.valueOf(62)).intValue();
            checksum.insert(0, (char) (digit < 10 ? '0' + digit : digit < 36 ? 'A' + digit - 10 : 'a' + digit - 36));
            rest = rest.divide(BigInteger.valueOf(62));
        }
        return checked + checksum;
    }
}
