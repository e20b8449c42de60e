package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parsing and printing addresses and ranges, and whether a range contains an address. */
class AddressRangeTest {
    private static final String WANTED =
            "an address or CIDR range is expected, for example 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32";

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    /**
     * An IPv4-mapped IPv6 address, as some systems deliver it: the JDK's own factories would return an IPv4 address.
     */
    private static Inet6Address mapped(String ipv4) throws UnknownHostException {
        var bytes = new byte[16];
        bytes[10] = bytes[11] = (byte) 0xFF;
        System.arraycopy(address(ipv4).getAddress(), 0, bytes, 12, 4);
        return Inet6Address.getByAddress("proxy.example", bytes, 7);
    }

    @Nested
    class Text {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "203.0.113.7",
                    "0.0.0.0",
                    "255.255.255.255",
                    "203.0.113.0/24",
                    "203.0.113.128/25",
                    "10.0.0.0/8",
                    "0.0.0.0/0",
                    "128.0.0.0/1",
                    "203.0.113.6/31",
                    "2001:db8::1",
                    "2001:db8::/32",
                    "::",
                    "::1",
                    "1::",
                    "::/0",
                    "8000::/1",
                    "2001:db8::fffe/127",
                    "64:ff9b::102:304",
                    "1:2:3:4:5:6:7:8",
                    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                })
        void in_its_canonical_form_is_printed_as_it_was_read(String text) {
            assertThat(AddressRange.parse(text)).hasToString(text);
        }

        @ParameterizedTest
        @CsvSource({
            // A range of a single address.
            "203.0.113.7/32,                203.0.113.7",
            "0.0.0.0/32,                    0.0.0.0",
            "2001:db8::1/128,               2001:db8::1",
            // RFC 5952, sections 4.1 to 4.3.
            "2001:0db8::0001,               2001:db8::1",
            "2001:DB8:0:0:0:0:2:1,          2001:db8::2:1",
            "2001:db8:0:1:1:1:1:1,          2001:db8:0:1:1:1:1:1",
            "2001:db8::1:1:1:1:1,           2001:db8:0:1:1:1:1:1",
            "2001:0:0:1:0:0:0:1,            2001:0:0:1::1",
            "2001:db8:0:0:1:0:0:1,          2001:db8::1:0:0:1",
            "2001:DB8:ABCD::/48,            2001:db8:abcd::/48",
            "1:2:3:4:5:6:7::,               1:2:3:4:5:6:7:0",
            "::2:3:4:5:6:7:8,               0:2:3:4:5:6:7:8",
            "0:0:0:0:0:0:0:0/0,             ::/0",
            // IPv4 notation in the last two groups; only an IPv4-mapped address is an IPv4 address.
            "64:ff9b::1.2.3.4,              64:ff9b::102:304",
            "1:2:3:4:5:6:1.2.3.4,           1:2:3:4:5:6:102:304",
            "::1.2.3.4,                     ::102:304",
            "::ffff:0:1.2.3.4,              ::ffff:0:102:304",
        })
        void in_another_form_is_printed_in_the_canonical_one(String text, String canonical) {
            assertThat(AddressRange.parse(text))
                    .hasToString(canonical)
                    .isEqualTo(AddressRange.parse(canonical))
                    .hasSameHashCodeAs(AddressRange.parse(canonical));
        }

        @ParameterizedTest
        @CsvSource({
            "::ffff:1.2.3.4,                1.2.3.4",
            "::FFFF:1.2.3.4,                1.2.3.4",
            "::ffff:102:304,                1.2.3.4",
            "0:0:0:0:0:ffff:102:304,        1.2.3.4",
            "::ffff:1.2.3.4/128,            1.2.3.4",
            "::ffff:10.0.0.0/104,           10.0.0.0/8",
            "::ffff:a00:0/104,              10.0.0.0/8",
            "::ffff:0:0/96,                 0.0.0.0/0",
        })
        void of_an_ipv4_mapped_address_is_the_ipv4_address(String text, String ipv4) {
            assertThat(AddressRange.parse(text)).isEqualTo(AddressRange.parse(ipv4));
            assertThat(AddressRange.parse(text).network()).isInstanceOf(Inet4Address.class);
        }
    }

    @Nested
    class Refused_text {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    // Not an address.
                    "",
                    " ",
                    "/",
                    "/8",
                    "localhost",
                    "example.com",
                    "example.com/24",
                    "dead.beef",
                    "unknown",
                    "*",
                    "any",
                    // IPv4 that is incomplete, too long, octal, hexadecimal, a single number, or not only digits.
                    "10",
                    "10.1",
                    "10.0.1",
                    "10/8",
                    "10.0.0.0.0",
                    "10.0.0.",
                    ".10.0.0.1",
                    "10..0.1",
                    "010.0.0.1",
                    "10.0.0.01",
                    "10.0.0.00",
                    "0x0a.0.0.1",
                    "167772161",
                    "10.0.0.256",
                    "10.0.0.1000",
                    "+10.0.0.1",
                    "-10.0.0.1",
                    "10.0.0.1a",
                    "１０.0.0.1",
                    "١٠.0.0.1",
                    "10.0.0.0-10.0.0.9",
                    "10.0.0.*",
                    // IPv6 with too many or too few groups, a second ::, groups that are too long, brackets, a zone or
                    // a port.
                    ":",
                    ":::",
                    "1:2",
                    "1:2:3:4:5:6:7",
                    "1:2:3:4:5:6:7:8:9",
                    "1:2:3:4:5:6:7:8::",
                    "::1:2:3:4:5:6:7:8",
                    "1:2:3:4::5:6:7:8",
                    "1::2::3",
                    ":1:2:3:4:5:6:7",
                    "1:2:3:4:5:6:7:",
                    "00001::",
                    "12345::",
                    "2001:db8::g",
                    "::１",
                    "[::1]",
                    "[::1",
                    "::1]",
                    "[::1]:80",
                    "[10.0.0.1]",
                    "fe80::1%eth0",
                    "fe80::1%1",
                    "fe80::1%",
                    "::ffff:1.2.3.4%1",
                    "10.0.0.1:80",
                    // Embedded IPv4 that is incomplete, octal, or not at the end.
                    "::ffff:1.2.3",
                    "::ffff:01.2.3.4",
                    "::ffff:1.2.3.256",
                    "::1.2.3.4.5",
                    "::1.2.3.4:5",
                    "1.2.3.4::",
                    "1:2:3:4:5:6:7:1.2.3.4",
                    // White space.
                    " 10.0.0.1",
                    "10.0.0.1 ",
                    "10.0.0.1\n",
                    "10.0.0.0 /8",
                    "10.0.0.0/ 8",
                    "10.0.0.0/8 ",
                    "::1\0",
                    // Invalid prefix lengths.
                    "10.0.0.0/",
                    "10.0.0.0/33",
                    "10.0.0.0/-1",
                    "10.0.0.0/+8",
                    "10.0.0.0/08",
                    "0.0.0.0/00",
                    "10.0.0.0/8.0",
                    "10.0.0.0/٨",
                    "10.0.0.0/x",
                    "10.0.0.0/8/8",
                    "10.0.0.0//8",
                    "10.0.0.0/255.0.0.0",
                    "10.0.0.0/4294967304",
                    "2001:db8::/129",
                    "2001:db8::/0128",
                    "2001:db8::/999",
                    // Mapped ranges that include addresses that are not mapped.
                    "::ffff:0:0/95",
                    "::ffff:10.0.0.0/8",
                    "::ffff:10.0.0.0/0",
                    "::ffff:10.0.0.0/129",
                })
        void is_refused_with_the_expected_form(String text) {
            assertThatThrownBy(() -> AddressRange.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(WANTED)
                    .hasNoCause();
        }

        @ParameterizedTest
        @CsvSource({
            "10.0.0.5/8,                    10.0.0.0/8,             10.0.0.5",
            "203.0.113.7/24,                203.0.113.0/24,         203.0.113.7",
            "203.0.113.7/31,                203.0.113.6/31,         203.0.113.7",
            "203.0.113.1/0,                 0.0.0.0/0,              203.0.113.1",
            "255.255.255.255/9,             255.128.0.0/9,          255.255.255.255",
            "2001:db8::1/32,                2001:db8::/32,          2001:db8::1",
            "2001:DB8:0:0:1::/63,           2001:db8::/63,          2001:db8:0:0:1::",
            "::1/0,                         ::/0,                   ::1",
            "::1/127,                       ::/127,                 ::1",
            "::ffff:10.0.0.5/104,           10.0.0.0/8,             10.0.0.5",
        })
        void with_bits_set_after_the_prefix_is_answered_with_the_range_and_the_address(
                String text, String range, String address) {
            assertThatThrownBy(() -> AddressRange.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a range begins with its first address: write " + range + ", or " + address + " alone");
        }

        /** The examples in the error message must be valid themselves. */
        @ParameterizedTest
        @ValueSource(strings = {"203.0.113.7", "203.0.113.0/24", "2001:db8::/32"})
        void is_refused_with_examples_that_are_valid(String example) {
            assertThat(WANTED).contains(example);
            assertThat(AddressRange.parse(example)).hasToString(example);
        }
    }

    @Nested
    class Containing {
        @ParameterizedTest
        @CsvSource({
            "203.0.113.7,         203.0.113.7,              true",
            "203.0.113.7,         203.0.113.6,              false",
            "203.0.113.0/24,      203.0.113.0,              true",
            "203.0.113.0/24,      203.0.113.255,            true",
            "203.0.113.0/24,      203.0.112.255,            false",
            "203.0.113.0/24,      203.0.114.0,              false",
            "203.0.113.128/25,    203.0.113.127,            false",
            "203.0.113.128/25,    203.0.113.128,            true",
            "172.16.0.0/12,       172.31.255.255,           true",
            "172.16.0.0/12,       172.32.0.0,               false",
            "128.0.0.0/1,         127.255.255.255,          false",
            "128.0.0.0/1,         255.255.255.255,          true",
            "0.0.0.0/0,           0.0.0.0,                  true",
            "0.0.0.0/0,           255.255.255.255,          true",
            "0.0.0.0/0,           ::,                       false",
            "2001:db8::/32,       2001:db8::,               true",
            "2001:db8::/32,       2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, true",
            "2001:db8::/32,       2001:db7:ffff:ffff:ffff:ffff:ffff:ffff, false",
            "2001:db8::/32,       2001:db9::,               false",
            "2001:db8::/61,       2001:db8:0:7::,           true",
            "2001:db8::/61,       2001:db8:0:8::,           false",
            "::1,                 ::1,                      true",
            "::1,                 ::,                       false",
            "::/0,                ffff::,                   true",
            "::/0,                203.0.113.7,              false",
            "fe80::/10,           fe80::1,                  true",
            // 203.0.113.7 written as an IPv6 address that is not IPv4-mapped.
            "203.0.113.7,         ::203.0.113.7,            false",
            "203.0.113.7,         64:ff9b::203.0.113.7,     false",
            "203.0.113.7,         2002:cb00:7107::,         false",
            // The same first bytes in another family.
            "1.2.3.0/24,          102:300::,                false",
            "102:300::/24,        1.2.3.0,                  false",
        })
        void is_to_have_the_same_first_bits_in_the_same_family(String range, String address, boolean contained) {
            assertThat(AddressRange.parse(range).contains(address(address))).isEqualTo(contained);
        }

        @ParameterizedTest
        @CsvSource({
            "10.0.0.0/8,          10.9.8.7,                 true",
            "10.0.0.0/8,          11.0.0.0,                 false",
            "::ffff:10.0.0.0/104, 10.9.8.7,                 true",
            "::/0,                10.9.8.7,                 false",
            "::/64,               10.9.8.7,                 false",
        })
        void treats_a_mapped_address_as_ipv4(String range, String ipv4, boolean contained) throws Exception {
            assertThat(AddressRange.parse(range).contains(mapped(ipv4))).isEqualTo(contained);
        }

        @Test
        void does_not_look_at_zones() throws Exception {
            var linkLocal = Inet6Address.getByAddress(
                    "proxy.example", address("fe80::1").getAddress(), 7);

            assertThat(AddressRange.parse("fe80::1").contains(linkLocal)).isTrue();
        }
    }

    @Nested
    class Made_of_parts {
        @Test
        void is_the_same_as_parsed() throws Exception {
            assertThat(new AddressRange(address("2001:db8::"), 32)).isEqualTo(AddressRange.parse("2001:db8::/32"));
            assertThat(new AddressRange(mapped("203.0.113.7"), 32)).isEqualTo(AddressRange.parse("203.0.113.7"));
        }

        @Test
        void has_neither_a_zone_nor_a_name() throws Exception {
            var linkLocal = Inet6Address.getByAddress(
                    "proxy.example", address("fe80::1").getAddress(), 7);

            assertThat(new AddressRange(linkLocal, 128).network()).hasToString("/fe80:0:0:0:0:0:0:1");
        }

        @ParameterizedTest
        @CsvSource({"203.0.113.0, -1", "203.0.113.0, 33", "2001:db8::, -1", "2001:db8::, 129"})
        void is_refused_with_a_prefix_length_that_cannot_be(String network, int prefixLength) {
            assertThatThrownBy(() -> new AddressRange(address(network), prefixLength))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(WANTED);
        }

        @Test
        void is_refused_with_bits_set_after_the_prefix() {
            assertThatThrownBy(() -> new AddressRange(address("10.0.0.5"), 8))
                    .hasMessage("a range begins with its first address: write 10.0.0.0/8, or 10.0.0.5 alone");
        }
    }

    /** Properties of random addresses and ranges. The seed is fixed, so that a failure can be repeated. */
    @Nested
    class Any {
        private final SplittableRandom random = new SplittableRandom(20_260_101);

        private BigInteger number(int bits) {
            var bytes = new byte[bits / 8];
            random.nextBytes(bytes);
            return new BigInteger(1, bytes);
        }

        private InetAddress address(BigInteger number, int bits) throws UnknownHostException {
            var bytes = new byte[bits / 8];
            var digits = number.toByteArray();
            for (int i = 1; i <= Math.min(bytes.length, digits.length); i++) {
                bytes[bytes.length - i] = digits[digits.length - i];
            }
            return InetAddress.getByAddress(bytes);
        }

        @Test
        void range_contains_the_addresses_from_its_first_to_its_last() throws Exception {
            int contained = 0;
            for (int i = 0; i < 50_000; i++) {
                int bits = random.nextBoolean() ? 32 : 128;
                int prefixLength = random.nextInt(bits + 1);
                var size = BigInteger.TWO.pow(bits - prefixLength);
                var first = number(bits).divide(size).multiply(size);
                var end = first.add(size);
                var range = new AddressRange(address(first, bits), prefixLength);
                // At the ends, near them, inside, or anywhere.
                var drawn = switch (random.nextInt(4)) {
                    case 0 -> first.subtract(BigInteger.valueOf(random.nextInt(3)));
                    case 1 -> end.subtract(BigInteger.valueOf(random.nextInt(3)));
                    case 2 -> first.add(number(bits).mod(size));
                    default -> number(bits);
                };
                var tried = drawn.mod(BigInteger.TWO.pow(bits));

                boolean expected = tried.compareTo(first) >= 0 && tried.compareTo(end) < 0;

                assertThat(range.contains(address(tried, bits)))
                        .as("%s contains %s", range, address(tried, bits))
                        .isEqualTo(expected);
                contained += expected ? 1 : 0;
            }
            assertThat(contained).isBetween(10_000, 40_000);
        }

        @Test
        void range_is_parsed_back_from_its_text() throws Exception {
            for (int i = 0; i < 20_000; i++) {
                int bits = random.nextBoolean() ? 32 : 128;
                int prefixLength = random.nextInt(bits + 1);
                var size = BigInteger.TWO.pow(bits - prefixLength);
                // Few one bits, so that there are groups of zeros to abbreviate.
                var sparse = number(bits).and(number(bits)).and(number(bits)).and(number(bits));
                var range = new AddressRange(address(sparse.divide(size).multiply(size), bits), prefixLength);

                assertThat(AddressRange.parse(range.toString())).isEqualTo(range);
            }
        }

        /**
         * Netty, the reference here, also accepts leading zeros in IPv4, brackets and zones, and supports dotted IPv6
         * only in part.
         */
        @Test
        void text_is_an_address_when_netty_says_so() throws Exception {
            int addresses = 0;
            for (int i = 0; i < 200_000; i++) {
                boolean ipv4 = random.nextBoolean();
                var text = ipv4 ? ipv4Like() : ipv6Like();

                var expected = Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(text))
                        .filter(address -> !ipv4 || address.getHostAddress().equals(text));

                assertThat(AddressRange.parseAddress(text)).as(text).isEqualTo(expected);
                addresses += expected.isPresent() ? 1 : 0;
            }
            assertThat(addresses).isBetween(20_000, 180_000);
        }

        private String ipv4Like() {
            var numbers = random.ints(random.nextInt(8) == 0 ? 1 + random.nextInt(6) : 4, 0, 300);
            return numbers.mapToObj(
                            number -> (random.nextInt(30) == 0 ? "0" : "") + (number > 270 ? number : number % 256))
                    .collect(Collectors.joining("."));
        }

        private String ipv6Like() {
            int groups = 1 + random.nextInt(9);
            return IntStream.range(0, groups)
                    .mapToObj(i -> random.nextInt(4) == 0 ? "" : randomGroup())
                    .collect(Collectors.joining(
                            ":", random.nextInt(6) == 0 ? ":" : "", random.nextInt(6) == 0 ? ":" : ""));
        }

        private String randomGroup() {
            var digits = Integer.toHexString(random.nextInt(random.nextInt(20) == 0 ? 0x20000 : 0x10000));
            return random.nextBoolean() ? digits : "0".repeat(Math.max(0, 4 - digits.length())) + digits;
        }
    }
}
