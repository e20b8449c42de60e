package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The format of a key, and which parts of it are shown. */
class ApiKeyTest {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int CHECKSUM_LENGTH = 6;
    private static final int SECRET_LENGTH = 32;

    /** Fixed, so that a failure can be repeated; these keys need not be secret. */
    private static final long SEED = 20_260_101;

    private static List<String> generate(int count) {
        var random = new Random(SEED);
        return IntStream.range(0, count)
                .mapToObj(i -> i % 2 == 0 ? ApiKey.Kind.LIVE : ApiKey.Kind.SANDBOX)
                .map(kind -> ApiKey.generate(kind, random).reveal())
                .toList();
    }

    private static String with(String text, int position, char replacement) {
        return text.substring(0, position) + replacement + text.substring(position + 1);
    }

    private static String withNeighboursSwapped(String text, int position) {
        return with(with(text, position, text.charAt(position + 1)), position + 1, text.charAt(position));
    }

    @Nested
    class Anatomy {
        /** Computed with another implementation of CRC-32: a change of the format would break every key in use. */
        @ParameterizedTest
        @CsvSource({
            "pk_live_0123456789ABCDEFGHIJKLMNOP49O6qD,    bc22a1ca91dc8d14589f6bea41332b77e69a7331520674cc96e027b6eb09ed3b",
            "pk_live_zZ9yY8xX7wW6vV5uU4tT3sS2rR07QiHN,    c992bf3d335e370c3fff15e95b316ee9a121369ed05695c40591ba9e244911d6",
            "pk_sandbox_0123456789ABCDEFGHIJKLMNOP3btYX7, fc242da0f3565e7886f22f6b96de5ac4b125d2b89d29910b1abef927dd1ad7a2",
            "pk_sandbox_zZ9yY8xX7wW6vV5uU4tT3sS2rR0bWHyn, ed56c057b843ebd45c5444b6387be1cf0be695e60bd3f5f565fe36d70625ba81",
        })
        void keys_issued_once_stay_keys_with_the_same_hash(String key, String sha256) {
            var parsed = ApiKey.parse(key).orElseThrow();

            assertThat(parsed.reveal()).isEqualTo(key);
            assertThat(HexFormat.of().formatHex(parsed.hash().bytes())).isEqualTo(sha256);
        }

        @ParameterizedTest
        @EnumSource
        void is_a_prefix_and_32_letters_and_digits(ApiKey.Kind kind) {
            var key = ApiKey.generate(kind, new Random(SEED));

            assertThat(key.reveal()).startsWith(kind.prefix());
            assertThat(key.reveal())
                    .matches("pk_(live|sandbox)_[0-9A-Za-z]{32}")
                    .startsWith(kind.prefix());
        }

        @Test
        void ends_in_the_crc_32_of_all_before_it_in_six_digits_of_base_62() {
            for (var key : generate(1_000)) {
                int checksumAt = key.length() - CHECKSUM_LENGTH;
                var crc = new CRC32();
                crc.update(key.substring(0, checksumAt).getBytes(StandardCharsets.US_ASCII));
                var checksum = BigInteger.ZERO;
                for (char digit : key.substring(checksumAt).toCharArray()) {
                    checksum =
                            checksum.multiply(BigInteger.valueOf(62)).add(BigInteger.valueOf(ALPHABET.indexOf(digit)));
                }

                assertThat(checksum).as(key).isEqualTo(BigInteger.valueOf(crc.getValue()));
            }
        }

        @Test
        void has_more_than_150_random_bits() {
            assertThat((SECRET_LENGTH - CHECKSUM_LENGTH) * Math.log(ALPHABET.length()) / Math.log(2))
                    .isGreaterThan(150);
        }

        /** Chi-square with 61 degrees of freedom exceeds 110 once in 10,000 runs of a uniform distribution. */
        @Test
        void every_letter_and_digit_is_as_likely_at_every_place() {
            var keys = generate(20_000);
            double expected = (double) keys.size() / ALPHABET.length();
            for (int place = 0; place < SECRET_LENGTH - CHECKSUM_LENGTH; place++) {
                var counts = new int[ALPHABET.length()];
                for (var key : keys) {
                    counts[ALPHABET.indexOf(key.charAt(key.length() - SECRET_LENGTH + place))]++;
                }
                double chiSquare = 0;
                for (int count : counts) {
                    chiSquare += (count - expected) * (count - expected) / expected;
                }

                assertThat(chiSquare).as("place %s", place).isLessThan(110);
            }
        }

        @Test
        void no_two_are_alike() {
            assertThat(generate(20_000)).doesNotHaveDuplicates();
        }
    }

    @Nested
    class Detecting_a_mistyped_key {
        /**
         * A CRC-32 detects every change within 32 neighbouring bits, and the prefixes have the same checksum; so this
         * holds for every key, not only for these.
         */
        @Test
        void every_key_with_one_character_changed_is_refused() {
            for (var key : generate(20)) {
                for (int i = 0; i < key.length(); i++) {
                    for (char other = ' '; other <= '~'; other++) {
                        if (other != key.charAt(i)) {
                            assertThat(ApiKey.parse(with(key, i, other))).isEmpty();
                        }
                    }
                }
            }
        }

        /** This holds for every key as well, as long as both characters are before the checksum or both in it. */
        @Test
        void every_key_with_two_neighbours_swapped_is_refused() {
            for (var key : generate(2_000)) {
                int checksumAt = key.length() - CHECKSUM_LENGTH;
                for (int i = 0; i < key.length() - 1; i++) {
                    if (i + 1 != checksumAt && key.charAt(i) != key.charAt(i + 1)) {
                        assertThat(ApiKey.parse(withNeighboursSwapped(key, i))).isEmpty();
                    }
                }
            }
        }

        /**
         * A swap across the checksum's border changes both sides; they agree again for one key in 2³², and for none of
         * these.
         */
        @Test
        void
                a_key_with_neighbours_swapped_across_the_checksums_border_is_refused_but_for_a_chance_of_2_to_the_minus_32() {
            for (var key : generate(20_000)) {
                int last = key.length() - CHECKSUM_LENGTH - 1;
                if (key.charAt(last) != key.charAt(last + 1)) {
                    assertThat(ApiKey.parse(withNeighboursSwapped(key, last))).isEmpty();
                }
            }
        }

        @Test
        void a_key_with_a_character_too_many_or_too_few_is_refused() {
            for (var key : generate(20)) {
                for (int i = 0; i <= key.length(); i++) {
                    assertThat(ApiKey.parse(key.substring(0, i) + "0" + key.substring(i)))
                            .isEmpty();
                }
                for (int i = 0; i < key.length(); i++) {
                    assertThat(ApiKey.parse(key.substring(0, i) + key.substring(i + 1)))
                            .isEmpty();
                }
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "pk_live_",
                    "pk_sandbox_",
                    " pk_live_0123456789ABCDEFGHIJKLMNOP49O6qD",
                    "pk_live_0123456789ABCDEFGHIJKLMNOP49O6qD\n",
                    "PK_LIVE_0123456789ABCDEFGHIJKLMNOP49O6qD",
                    "pk_test_0123456789ABCDEFGHIJKLMNOP49O6qD",
                    "pk_sandbox_0123456789ABCDEFGHIJKLMNOP49O6qD",
                    "pk_live_0123456789abcdefghijklmnop49O6qD",
                    "pk_live_٠١٢٣٤٥٦٧٨٩ABCDEFGHIJKLMNOP49O6qD",
                    "Bearer pk_live_0123456789ABCDEFGHIJKLMNOP49O6qD",
                })
        void what_was_never_a_key_is_refused(String text) {
            assertThat(ApiKey.parse(text)).isEmpty();
        }

        /** Encoding in Latin-1 would turn other characters into question marks, whose checksum could then match. */
        @Test
        void a_right_checksum_does_not_make_a_key_of_other_characters() {
            for (var body : List.of("?".repeat(26), "é".repeat(26), "_".repeat(26), " ".repeat(26))) {
                var crc = new CRC32();
                crc.update(("pk_live_" + body).getBytes(StandardCharsets.ISO_8859_1));
                var checksum = new StringBuilder();
                for (long rest = crc.getValue(); checksum.length() < CHECKSUM_LENGTH; rest /= 62) {
                    checksum.insert(0, ALPHABET.charAt((int) (rest % 62)));
                }

                assertThat(ApiKey.parse("pk_live_" + body + checksum)).isEmpty();
                assertThat(ApiKey.parse("pk_live_" + "ش".repeat(26) + checksum)).isEmpty();
            }
        }
    }

    @Nested
    class Parsing {
        @Test
        void takes_every_generated_key_as_it_is() {
            for (var key : generate(5_000)) {
                assertThat(ApiKey.parse(key).map(ApiKey::reveal)).contains(key);
            }
        }

        @Test
        void throws_for_no_text() {
            var random = new Random(SEED);
            for (int i = 0; i < 100_000; i++) {
                var prefix = List.of("", "pk_live_", "pk_sandbox_").get(random.nextInt(3));
                int length = random.nextInt(4) == 0 ? SECRET_LENGTH : random.nextInt(80);
                int highest = List.of(0x7F, 0xFF, 0xFFFF).get(random.nextInt(3));
                var text = new StringBuilder(prefix);
                for (int c = 0; c < length; c++) {
                    text.append((char) random.nextInt(highest + 1));
                }

                assertThat(ApiKey.parse(text.toString()))
                        .as("seed %s, attempt %s", SEED, i)
                        .isEmpty();
            }
        }
    }

    @Nested
    class Keeping_it_secret {
        private final ApiKey key = ApiKey.generate(ApiKey.Kind.LIVE, new Random(SEED));

        @Test
        void prints_as_a_fixed_word() {
            assertThat(key).hasToString("ApiKey(hidden)");
            assertThat(key.hash()).hasToString("ApiKeyHash(hidden)");
        }

        @Test
        void tells_only_its_last_four_characters() {
            assertThat(key.lastFour()).hasSize(4);
            assertThat(key.reveal()).endsWith(key.lastFour());
        }

        @Test
        void is_hashed_by_sha_256() throws Exception {
            assertThat(key.hash().bytes())
                    .isEqualTo(MessageDigest.getInstance("SHA-256")
                            .digest(key.reveal().getBytes(StandardCharsets.US_ASCII)));
        }

        @Test
        void hashes_are_equal_when_their_keys_are() {
            var same = ApiKey.parse(key.reveal()).orElseThrow().hash();
            var other = ApiKey.generate(ApiKey.Kind.LIVE, new Random(SEED + 1)).hash();

            assertThat(same).isEqualTo(key.hash()).hasSameHashCodeAs(key.hash());
            assertThat(ApiKeyHash.ofBytes(same.bytes())).isEqualTo(same);
            assertThat(other).isNotEqualTo(same);
        }

        @Test
        void a_hash_shares_its_bytes_with_nobody() {
            var hash = key.hash();
            var given = hash.bytes();
            var copy = ApiKeyHash.ofBytes(given);
            given[0]++;

            assertThat(hash).isEqualTo(key.hash());
            assertThat(copy).isEqualTo(hash);
        }
    }

    @Nested
    class Permissions {
        /** The published list, written out. */
        private static final Set<String> CODES = Stream.of(
                        "contacts_read",
                        "services_read",
                        "timeslots_read",
                        "pricing_read",
                        "bookings_create",
                        "bookings_read",
                        "bookings_update",
                        "bookings_cancel",
                        "bookings_confirm_payment",
                        "webhooks_manage",
                        "addresses_manage")
                .map("partner_"::concat)
                .collect(Collectors.toUnmodifiableSet());

        @Test
        void are_those_that_are_published() {
            assertThat(Permission.values()).extracting(Permission::code).containsExactlyInAnyOrderElementsOf(CODES);
        }

        @Test
        void are_found_by_their_exact_code() {
            for (var permission : Permission.values()) {
                assertThat(Permission.ofCode(permission.code())).contains(permission);
                assertThat(Permission.ofCode(permission.name())).isEmpty();
            }
        }
    }
}
