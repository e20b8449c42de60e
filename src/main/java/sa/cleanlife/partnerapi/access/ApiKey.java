package sa.cleanlife.partnerapi.access;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * A key as its holder sends it: a prefix, 26 random characters and a checksum of 6, all of {@code [0-9A-Za-z]}. The
 * checksum is the CRC-32 of everything before it, in base 62, so a mistyped key is recognised without a query. A key is
 * a secret: it prints as a fixed word, and only its hash is stored.
 */
public final class ApiKey {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** 26 × log₂ 62 = 154 random bits: too many to be guessed, so a single SHA-256 is enough to hide a key. */
    private static final int RANDOM_LENGTH = 26;

    private static final int CHECKSUM_LENGTH = 6;

    /** Whether a key is for real bookings or for the sandbox. */
    public enum Kind {
        LIVE("pk_live_"),
        SANDBOX("pk_sandbox_");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        public String prefix() {
            return prefix;
        }

        static Kind ofPrefix(String prefix) {
            return Arrays.stream(values())
                    .filter(kind -> kind.prefix.equals(prefix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private final String secret;

    private ApiKey(String secret) {
        this.secret = secret;
    }

    /** Generates a new key; the source of randomness must be cryptographically secure. */
    public static ApiKey generate(Kind kind, RandomGenerator random) {
        var key = new StringBuilder(kind.prefix());
        for (int i = 0; i < RANDOM_LENGTH; i++) {
            key.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return new ApiKey(key + checksum(key.toString()));
    }

    /** The key; empty if the prefix, the length or the checksum is not that of a key. */
    public static Optional<ApiKey> parse(String text) {
        for (var kind : Kind.values()) {
            int checksumAt = kind.prefix().length() + RANDOM_LENGTH;
            if (text.length() == checksumAt + CHECKSUM_LENGTH
                    && text.startsWith(kind.prefix())
                    && text.endsWith(checksum(text.substring(0, checksumAt)))
                    && isOfDigits(text, kind.prefix().length())) {
                return Optional.of(new ApiKey(text));
            }
        }
        return Optional.empty();
    }

    private static boolean isOfDigits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (DIGITS.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static String checksum(String text) {
        var crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        long rest = crc.getValue();
        var digits = new char[CHECKSUM_LENGTH];
        for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
            digits[i] = DIGITS.charAt((int) (rest % DIGITS.length()));
            rest /= DIGITS.length();
        }
        return new String(digits);
    }

    public ApiKeyHash hash() {
        return ApiKeyHash.of(secret);
    }

    /** The last four characters, which tell keys apart in a list without revealing them. */
    public String lastFour() {
        return secret.substring(secret.length() - 4);
    }

    /** The secret itself, to be shown once, to the person to whom the key is issued. */
    public String reveal() {
        return secret;
    }

    @Override
    public String toString() {
        return "ApiKey(hidden)";
    }
}
