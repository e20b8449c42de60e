package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Finding the caller's address behind proxies. Here 10.0.0.0/8, 192.0.2.7 and 2001:db8:a::/48 are trusted proxies, and
 * 6.6.6.6 is a caller that pretends to be 203.0.113.7.
 */
class TrustedProxiesTest {
    private static final String PROXY = "10.0.0.1";
    private static final String NOBODY = "nobody";

    private static final TrustedProxies PROXIES =
            new TrustedProxies(Stream.of("10.0.0.0/8", "192.0.2.7", "2001:db8:a::/48")
                    .map(AddressRange::parse)
                    .toList());

    private static String caller(String peer, List<String> xForwardedFor, List<String> forwarded) {
        return PROXIES.caller(InetAddress.ofLiteral(peer), xForwardedFor, forwarded)
                .map(address -> AddressRange.parse(address.getHostAddress()).toString())
                .orElse(NOBODY);
    }

    private static String xForwardedFor(String... lines) {
        return caller(PROXY, List.of(lines), List.of());
    }

    private static String forwarded(String... lines) {
        return caller(PROXY, List.of(), List.of(lines));
    }

    @Nested
    class The_peer {
        @ParameterizedTest
        @ValueSource(strings = {"6.6.6.6", "192.0.2.6", "192.0.2.8", "11.0.0.1", "::1", "2001:db8:b::1", "::10.0.0.1"})
        void is_the_caller_when_it_is_no_trusted_proxy_whatever_it_says(String peer) {
            assertThat(caller(peer, List.of("203.0.113.7"), List.of())).isEqualTo(canonical(peer));
            assertThat(caller(peer, List.of(), List.of("for=203.0.113.7"))).isEqualTo(canonical(peer));
            assertThat(caller(peer, List.of("203.0.113.7"), List.of("for=203.0.113.7")))
                    .isEqualTo(canonical(peer));
            assertThat(caller(peer, List.of("junk"), List.of("for=\""))).isEqualTo(canonical(peer));
            assertThat(caller(peer, List.of(), List.of())).isEqualTo(canonical(peer));
        }

        private static String canonical(String address) {
            return AddressRange.parse(address).toString();
        }

        @ParameterizedTest
        @ValueSource(strings = {"10.0.0.1", "10.255.255.255", "192.0.2.7", "2001:db8:a::1", "::ffff:10.0.0.1"})
        void is_believed_when_it_is_a_trusted_proxy(String peer) {
            assertThat(caller(peer, List.of("203.0.113.7"), List.of())).isEqualTo("203.0.113.7");
            assertThat(caller(peer, List.of(), List.of("for=203.0.113.7"))).isEqualTo("203.0.113.7");
        }

        @ParameterizedTest
        @ValueSource(strings = {"10.0.0.1", "2001:db8:a::1"})
        void is_the_caller_when_it_is_a_trusted_proxy_that_says_nothing(String peer) {
            assertThat(caller(peer, List.of(), List.of())).isEqualTo(peer);
        }

        @Test
        void is_the_caller_when_no_proxy_is_trusted() {
            var none = new TrustedProxies(List.of());

            assertThat(none.caller(InetAddress.ofLiteral(PROXY), List.of("203.0.113.7"), List.of("for=203.0.113.7")))
                    .contains(InetAddress.ofLiteral(PROXY));
        }
    }

    /** Tried with both headers; the hops are written as in X-Forwarded-For. */
    @Nested
    class A_chain {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "203.0.113.7                                      | 203.0.113.7",
                    "203.0.113.7, 10.0.0.2                            | 203.0.113.7",
                    "203.0.113.7, 10.0.0.2, 192.0.2.7, 10.0.0.3       | 203.0.113.7",
                    "2001:db8:b::7, 2001:db8:a::2, 10.0.0.3           | 2001:db8:b::7",
                    "203.0.113.7, ::ffff:10.0.0.2                     | 203.0.113.7",
                    // Everything to the left of the right-most untrusted address is only the caller's claim.
                    "203.0.113.7, 6.6.6.6                             | 6.6.6.6",
                    "203.0.113.7, 6.6.6.6, 10.0.0.2                   | 6.6.6.6",
                    "203.0.113.7, 10.0.0.9, 6.6.6.6, 10.0.0.2         | 6.6.6.6",
                    "10.0.0.9, 6.6.6.6                                | 6.6.6.6",
                    "junk, 6.6.6.6                                    | 6.6.6.6",
                    "unknown, 6.6.6.6, 10.0.0.2                       | 6.6.6.6",
                    "_secret, 6.6.6.6                                 | 6.6.6.6",
                    "203.0.113.7, 2001:db8:b::6                       | 2001:db8:b::6",
                    "203.0.113.7, ::ffff:6.6.6.6                      | 6.6.6.6",
                    "203.0.113.7, 192.0.2.8, 192.0.2.7                | 192.0.2.8",
                    // An IPv6 address that merely resembles the proxy's.
                    "203.0.113.7, ::10.0.0.1                          | ::a00:1",
                    // A caller within the trusted network itself.
                    "10.0.0.2                                         | 10.0.0.2",
                    "10.1.2.3, 10.0.0.2                               | 10.1.2.3",
                    "10.1.2.3, 192.0.2.7, 2001:db8:a::2               | 10.1.2.3",
                    "::ffff:10.1.2.3, 10.0.0.2                        | 10.1.2.3",
                    // The hop before a proxy that gives no address is unknown.
                    "unknown                                          | nobody",
                    "unknown, 10.0.0.2                                | nobody",
                    "203.0.113.7, unknown                             | nobody",
                    "203.0.113.7, unknown, 10.0.0.2                   | nobody",
                    "203.0.113.7, _hidden                             | nobody",
                    "203.0.113.7, _10.0.0.2, 10.0.0.3                 | nobody",
                    "203.0.113.7, partner.example                     | nobody",
                    "203.0.113.7, localhost, 10.0.0.2                 | nobody",
                    "203.0.113.7, 10.0.0.0/8                          | nobody",
                    "203.0.113.7, 010.0.0.2                           | nobody",
                    "203.0.113.7, 10.2                                | nobody",
                    "203.0.113.7, 10.0.0.256                          | nobody",
                    "203.0.113.7, 10.0.0.2 10.0.0.3                   | nobody",
                    "203.0.113.7 10.0.0.2                             | nobody",
                    "203.0.113.7; 10.0.0.2                            | nobody",
                })
        void is_walked_from_the_right_to_the_first_that_is_no_trusted_proxy(String hops, String caller) {
            assertThat(xForwardedFor(hops)).as("X-Forwarded-For").isEqualTo(caller);
            assertThat(forwarded(asForwarded(hops))).as("Forwarded").isEqualTo(caller);
            assertThat(xForwardedFor(hops.split(", "))).as("in lines").isEqualTo(caller);
            assertThat(forwarded(asForwarded(hops).split(", "))).as("in lines").isEqualTo(caller);
            assertThat(caller(PROXY, List.of(hops), List.of(asForwarded(hops))))
                    .as("both")
                    .isEqualTo(caller);
        }

        private static String asForwarded(String hops) {
            return Arrays.stream(hops.split(", "))
                    .map(hop -> hop.contains(":") ? "[" + hop + "]" : hop)
                    .map(hop -> "by=_lb;for=\"" + hop + "\";proto=https")
                    .collect(Collectors.joining(", "));
        }
    }

    @Nested
    class X_forwarded_for {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                ignoreLeadingAndTrailingWhitespace = false,
                value = {
                    "203.0.113.7:4711|203.0.113.7",
                    "203.0.113.7:0|203.0.113.7",
                    "203.0.113.7:65535|203.0.113.7",
                    "2001:db8::7|2001:db8::7",
                    "2001:DB8:0:0::0007|2001:db8::7",
                    "[2001:db8::7]|2001:db8::7",
                    "[2001:db8::7]:4711|2001:db8::7",
                    "::ffff:203.0.113.7|203.0.113.7",
                    "[::ffff:203.0.113.7]:4711|203.0.113.7",
                    "::ffff:cb00:7107|203.0.113.7",
                    // The last group is not a port.
                    "2001:db8::7:4711|2001:db8::7:4711",
                    "  203.0.113.7\t|203.0.113.7",
                    "\t[2001:db8::7]:4711 |2001:db8::7",
                    "203.0.113.7 ,\t10.0.0.2|203.0.113.7",
                    "203.0.113.7,10.0.0.2:80,[2001:db8:a::2]:80,2001:db8:a::3|203.0.113.7",
                })
        void has_addresses_with_or_without_ports(String line, String caller) {
            assertThat(xForwardedFor(line)).isEqualTo(caller);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "203.0.113.7:",
                    "203.0.113.7:http",
                    "203.0.113.7:-1",
                    "203.0.113.7:123456",
                    "203.0.113.7:80:80",
                    ":80",
                    "[2001:db8::7",
                    "2001:db8::7]",
                    "[2001:db8::7]4711",
                    "[2001:db8::7]:",
                    "[[2001:db8::7]]",
                    "[]",
                    "[]:80",
                    "[203.0.113.7]",
                    "[203.0.113.7]:80",
                    "[fe80::1%eth0]",
                    "fe80::1%eth0",
                    "fe80::1%1",
                    "2001:db8:::7",
                    "2001:db8::7/128",
                    "203.0.113.7/32",
                    "1:2:3:4:5:6:7:8:4711",
                    "203.0.113",
                    "203.0.113.7.0",
                    "203.0.113.07",
                    "0xcb.0.113.7",
                    "3405803783",
                    "２０３.0.113.7",
                    "\"203.0.113.7\"",
                    "'203.0.113.7'",
                    "for=203.0.113.7",
                    "203.0.113.7;proto=https",
                    "http://203.0.113.7",
                    "user@203.0.113.7",
                    "203.0.113.7\0",
                    "203.0.113.7\u00A0",
                    "-",
                    "*",
                    "null",
                })
        void yields_no_caller_when_a_hop_has_another_form(String hop) {
            assertThat(xForwardedFor(hop)).isEqualTo(NOBODY);
            assertThat(xForwardedFor("203.0.113.7, " + hop + ", 10.0.0.2")).isEqualTo(NOBODY);
            assertThat(xForwardedFor(hop + ", 6.6.6.6")).isEqualTo("6.6.6.6");
        }

        @ParameterizedTest
        @CsvSource({
            "'',                           nobody",
            "' ',                          nobody",
            "',',                          nobody",
            "'203.0.113.7,',               nobody",
            "'203.0.113.7, ,10.0.0.2',     nobody",
            "',203.0.113.7',               203.0.113.7",
            "',,,203.0.113.7, 10.0.0.2',   203.0.113.7",
            "',10.0.0.2',                  nobody",
        })
        void has_an_unknown_hop_where_an_element_is_empty(String line, String caller) {
            assertThat(xForwardedFor(line)).isEqualTo(caller);
        }

        @Test
        void of_several_lines_is_one_list() {
            assertThat(xForwardedFor("203.0.113.7, 6.6.6.6", "10.0.0.3", "10.0.0.2, 192.0.2.7"))
                    .isEqualTo("6.6.6.6");
            assertThat(xForwardedFor("203.0.113.7", "")).isEqualTo(NOBODY);
            assertThat(xForwardedFor("", "203.0.113.7")).isEqualTo("203.0.113.7");
        }
    }

    @Nested
    class Forwarded {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "for=203.0.113.7",
                    "For=203.0.113.7",
                    "FOR=203.0.113.7",
                    "for=\"203.0.113.7\"",
                    "for=\"203.0.113.7:4711\"",
                    "for=\"203.0.113.7:_port-1\"",
                    "for=203.0.113.7:4711",
                    "for=\"[::ffff:203.0.113.7]\"",
                    "for=\"\\2\\0\\3.0.113.7\"",
                    "for=203.0.113.7;by=10.0.0.1;host=partner.example;proto=https",
                    "proto=https;by=\"[2001:db8:a::1]:80\";for=203.0.113.7",
                    "  proto=https ; for=203.0.113.7\t; by=10.0.0.1 ",
                    ";for=203.0.113.7;",
                    "for=203.0.113.7;secret",
                    "for=203.0.113.7;secret=\"a,b;c\"",
                    "secret=\"a,b;c\";for=203.0.113.7",
                    "secret=\", for=6.6.6.6\";for=203.0.113.7",
                    "secret=\";for=6.6.6.6\";for=203.0.113.7",
                    "secret=\"\\\", for=6.6.6.6\";for=203.0.113.7",
                    "secret=\"\\\\\";for=203.0.113.7",
                    "secret=\"\";for=203.0.113.7",
                    "secret=\\;for=203.0.113.7",
                    "forx=6.6.6.6;for=203.0.113.7;xfor=6.6.6.6",
                    "for=203.0.113.7,for=10.0.0.2",
                    "for=203.0.113.7;a=\"x,y\" , for=\"[2001:db8:a::2]:4711\"",
                    "proto=https, for=203.0.113.7",
                })
        void names_the_caller_in_for_and_all_else_is_ignored(String line) {
            assertThat(forwarded(line)).isEqualTo("203.0.113.7");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "for=\"[2001:db8::7]:4711\"",
                    "for=\"[2001:db8::7]\"",
                    "for=\"[2001:db8::7]:_a.b_c-d\"",
                    "for=\"\\[2001\\:db8::7]\"",
                    "for=\"[2001:DB8:0::7]\"",
                })
        void has_ipv6_addresses_in_brackets_and_quotes(String line) {
            assertThat(forwarded(line)).isEqualTo("2001:db8::7");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    ",",
                    ";",
                    "for",
                    "for=",
                    "for=\"\"",
                    "for=unknown",
                    "for=\"unknown:80\"",
                    "for=_hidden",
                    "for=\"_hidden:_port\"",
                    "for=partner.example",
                    "for =203.0.113.7",
                    "for= 203.0.113.7",
                    "for:203.0.113.7",
                    "203.0.113.7",
                    "proto=https;by=10.0.0.1",
                    "by=203.0.113.7",
                    "xfor=203.0.113.7",
                    // Twice in one element, and so ambiguous.
                    "for=203.0.113.7;for=203.0.113.7",
                    "for=203.0.113.7;For=6.6.6.6",
                    // Not a complete quoted string.
                    "for=203.0.113.7\"\"",
                    "for=\"\"203.0.113.7",
                    "for=\"203.0.113.7\"x",
                    "for=\"203.0\"\".113.7\"",
                    "for=\"203.0.113.7, 10.0.0.1\"",
                    "for=\" 203.0.113.7 \\\"\"",
                    "for=\\203.0.113.7",
                    "for='203.0.113.7'",
                    "for=\"[2001:db8::7%eth0]\"",
                    "for=\"[203.0.113.7]\"",
                    "for=\"[2001:db8::7]:80:80\"",
                })
        void yields_no_caller_when_an_element_has_no_address(String element) {
            assertThat(forwarded(element)).isEqualTo(NOBODY);
            assertThat(forwarded("for=203.0.113.7," + element + ", for=10.0.0.2"))
                    .isEqualTo(NOBODY);
            assertThat(forwarded(element + ", for=6.6.6.6")).isEqualTo("6.6.6.6");
        }

        /** The caller opens each string in the hope that it swallows what the proxy appends. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"",
                    "for=\"203.0.113.7",
                    "for=203.0.113.7;x=\"",
                    "for=203.0.113.7;x=\"\\",
                    "for=203.0.113.7;x=\"\\\"",
                    "for=203.0.113.7;x=\"a\\\\\"\"",
                    "for=203.0.113.7, for=10.0.0.2;x=\"",
                })
        void yields_no_caller_when_a_quoted_string_does_not_end(String opened) {
            assertThat(forwarded(opened)).isEqualTo(NOBODY);
            for (var added : List.of("for=6.6.6.6", "for=10.0.0.2", "for=\"6.6.6.6\"", "for=6.6.6.6;by=\"[::1]\"")) {
                assertThat(forwarded(opened + ", " + added)).isEqualTo(NOBODY);
                assertThat(forwarded(opened, added)).isEqualTo(NOBODY);
                assertThat(forwarded(added, opened)).isEqualTo(NOBODY);
            }
        }

        @Test
        void of_several_lines_is_one_list() {
            assertThat(forwarded("for=203.0.113.7, for=6.6.6.6", "for=10.0.0.3", "for=10.0.0.2, for=192.0.2.7"))
                    .isEqualTo("6.6.6.6");
            assertThat(forwarded("for=203.0.113.7", "")).isEqualTo(NOBODY);
        }
    }

    @Nested
    class Both_headers {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "203.0.113.7            | for=203.0.113.7                           | 203.0.113.7",
                    "203.0.113.7, 10.0.0.2  | for=\"203.0.113.7:80\"                    | 203.0.113.7",
                    "::ffff:203.0.113.7     | for=203.0.113.7                           | 203.0.113.7",
                    "2001:db8:0::7          | for=\"[2001:DB8::7]\"                     | 2001:db8::7",
                    "6.6.6.6                | for=203.0.113.7                           | nobody",
                    "203.0.113.7            | for=6.6.6.6                               | nobody",
                    "203.0.113.7, 6.6.6.6   | for=203.0.113.7                           | nobody",
                    "6.6.6.6                | for=10.0.0.2                              | nobody",
                    "10.0.0.2               | for=6.6.6.6                               | nobody",
                    "203.0.113.7            | for=unknown                               | nobody",
                    "unknown                | for=203.0.113.7                           | nobody",
                    "unknown                | for=unknown                               | nobody",
                    "203.0.113.7            | for=203.0.113.7;x=\"                      | nobody",
                    "203.0.113.7            | ''                                        | nobody",
                    "''                     | for=203.0.113.7                           | nobody",
                })
        void count_only_when_they_agree(String xForwardedFor, String forwarded, String caller) {
            assertThat(caller(PROXY, List.of(xForwardedFor), List.of(forwarded)))
                    .isEqualTo(caller);
        }
    }

    /** A header has at most 16 KiB; anything slower than linear would show with far longer ones. */
    @Nested
    class Long_headers {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    ",",
                    ":",
                    "[",
                    "]",
                    "[:",
                    "1",
                    "1.",
                    "1:",
                    "10.0.0.1,",
                    "::,",
                    "\"",
                    "\\",
                    "\"\\",
                    "\\\"",
                    ";",
                    "for=",
                    "for=;",
                    "for=1,",
                    "for=\"",
                    "for=\"\\",
                    "for=\"1\",",
                    "for=\"[::1]:_a\";",
                    " ",
                    "\t,",
                    "a=\";\";",
                })
        void are_read_in_linear_time(String piece) {
            var text = piece.repeat(300_000 / piece.length());

            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                for (var header :
                        List.of(text, "for=" + text, "for=\"" + text, "for=\"[" + text + "]\"", "[" + text + "]:1")) {
                    xForwardedFor(header);
                    forwarded(header);
                }
            });
        }
    }

    /** Properties of random headers. The seed is fixed, so that a failure can be repeated. */
    @Nested
    class Any {
        private static final List<String> CALLERS = List.of("6.6.6.6", "203.0.113.7", "2001:db8:b::7", "192.0.2.8");
        private static final List<String> HOPS = List.of("10.0.0.1", "10.9.9.9", "192.0.2.7", "2001:db8:a::2");
        private static final List<String> UNKNOWNS =
                List.of("unknown", "_x", "a.example", "", "10.1", "[", "1.2.3.4.5");
        private static final List<String> PIECES = List.of(
                "for=",
                "For=",
                "by=",
                "10.0.0.2",
                "6.6.6.6",
                "203.0.113.7",
                "[",
                "]",
                "::1",
                "2001:db8:a::1",
                ":",
                "80",
                "\"",
                "\\",
                ",",
                ";",
                " ",
                "\t",
                "=",
                "unknown",
                "_x",
                "é",
                "\0",
                "x");

        private final SplittableRandom random = new SplittableRandom(20_260_101);

        private String any(List<String> texts) {
            return texts.get(random.nextInt(texts.size()));
        }

        private String anyText() {
            return Stream.generate(() -> any(PIECES)).limit(random.nextInt(20)).collect(Collectors.joining());
        }

        private List<String> anyLines() {
            return Stream.generate(this::anyText).limit(random.nextInt(4)).toList();
        }

        @Test
        void chain_is_walked_as_the_rule_says() {
            var seen = new ArrayList<String>();
            for (int i = 0; i < 50_000; i++) {
                var hops = Stream.generate(this::anyHop)
                        .limit(1 + random.nextInt(5))
                        .toList();

                var expected = byTheRule(hops);

                assertThat(xForwardedFor(inLines(hops.stream().map(this::inXForwardedFor))))
                        .as("X-Forwarded-For with %s", hops)
                        .isEqualTo(expected);
                assertThat(forwarded(inLines(hops.stream().map(this::inForwarded))))
                        .as("Forwarded with %s", hops)
                        .isEqualTo(expected);
                seen.add(expected);
            }
            assertThat(seen).contains(NOBODY).containsAll(CALLERS).containsAll(HOPS);
        }

        /** Appends at the right, in the same line or in a new one. */
        private void add(List<String> lines, String added) {
            if (lines.isEmpty() || random.nextBoolean()) {
                lines.add(added);
            } else {
                lines.add(lines.removeLast() + "," + added);
            }
        }

        private String anyHop() {
            return switch (random.nextInt(8)) {
                case 0 -> any(UNKNOWNS);
                case 1, 2 -> any(CALLERS);
                default -> any(HOPS);
            };
        }

        private static String byTheRule(List<String> hops) {
            for (int i = hops.size() - 1; i > 0; i--) {
                if (!HOPS.contains(hops.get(i))) {
                    return CALLERS.contains(hops.get(i)) ? hops.get(i) : NOBODY;
                }
            }
            return UNKNOWNS.contains(hops.getFirst()) ? NOBODY : hops.getFirst();
        }

        private String inXForwardedFor(String hop) {
            return spaced(UNKNOWNS.contains(hop) ? hop : withPort(hop, ":4711"));
        }

        private String withPort(String address, String port) {
            if (address.contains(":")) {
                return switch (random.nextInt(3)) {
                    case 0 -> address;
                    case 1 -> "[" + address + "]";
                    default -> "[" + address + "]" + port;
                };
            }
            return address + (random.nextBoolean() ? port : "");
        }

        private String inForwarded(String hop) {
            var node = UNKNOWNS.contains(hop) ? hop : withPort(hop, random.nextBoolean() ? ":4711" : ":_p");
            var escaped = node.codePoints()
                    .mapToObj(Character::toString)
                    .map(c -> random.nextInt(8) == 0 ? "\\" + c : c)
                    .collect(Collectors.joining());
            return spaced(any(List.of("", "proto=https;", "by=\"[::1]\";", "x=\"for=6.6.6.6,;\\\"\"; "))
                    + any(List.of("for=", "For=", "FOR="))
                    + (random.nextBoolean() ? node : "\"" + escaped + "\"")
                    + any(List.of("", ";proto=https", " ;x=\", for=6.6.6.6\"")));
        }

        private String spaced(String element) {
            return any(List.of("", " ", "\t ")) + element + any(List.of("", " ", "\t"));
        }

        private String[] inLines(Stream<String> elements) {
            var lines = new ArrayList<String>();
            elements.forEach(element -> add(lines, element));
            return lines.toArray(String[]::new);
        }

        @Test
        void headers_are_read_without_an_exception() {
            int known = 0;
            for (int i = 0; i < 50_000; i++) {
                var peer = InetAddress.ofLiteral(any(List.of("10.0.0.1", "6.6.6.6")));

                known += PROXIES.caller(peer, anyLines(), anyLines()).isPresent() ? 1 : 0;
            }
            assertThat(known).isBetween(25_000, 49_000);
        }

        /** The caller may send anything: a proxy appends its address. */
        @Test
        void caller_can_become_unknown_but_never_another_address() {
            int found = 0;
            for (int i = 0; i < 50_000; i++) {
                var sent = new ArrayList<>(anyLines());
                var xForwardedFor = new ArrayList<>(sent);
                var forwarded = new ArrayList<>(sent);
                add(xForwardedFor, "6.6.6.6");
                add(
                        forwarded,
                        any(List.of(
                                "for=6.6.6.6", "for=\"6.6.6.6:80\";by=\"[2001:db8:a::1]\"", "proto=http;for=6.6.6.6")));

                assertThat(caller(PROXY, xForwardedFor, List.of()))
                        .as("%s", sent)
                        .isEqualTo("6.6.6.6");
                var caller = caller(PROXY, List.of(), forwarded);
                assertThat(caller).as("%s", sent).isIn("6.6.6.6", NOBODY);
                assertThat(caller(PROXY, xForwardedFor, anyLines())).isIn("6.6.6.6", NOBODY);
                assertThat(caller(PROXY, anyLines(), forwarded)).isIn("6.6.6.6", NOBODY);
                found += caller.equals(NOBODY) ? 0 : 1;
            }
            assertThat(found).isBetween(12_000, 49_000);
        }
    }
}
