package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which domains an operator may register, and which pages they cover. */
class DomainTest {
    private static final String ASCII_FORM = "this host must be given in its ASCII form (xn--…), for example ";

    /** 253 characters in labels of 63, 63, 63 and 61. */
    private static final String LONGEST =
            String.join(".", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61));

    private static String host(String typed) {
        return Domain.parse(typed, false).host();
    }

    private static boolean covers(String typed, String origin) {
        return Domain.hostOf(origin).filter(host -> coversHost(typed, host)).isPresent();
    }

    private static boolean coversHost(String typed, String host) {
        return Domain.hostsThatCover(host).contains(host(typed));
    }

    @Nested
    class A_typed_domain {
        @ParameterizedTest
        @CsvSource({
            "shop.example.com, shop.example.com",
            "*.example.com, *.example.com",
            "*.shop.example.com, *.shop.example.com",
            "*.example.com.sa, *.example.com.sa",
            "Shop.EXAMPLE.com, shop.example.com",
            "*.EXAMPLE.com, *.example.com",
            "shop.example.com., shop.example.com",
            "*.example.com., *.example.com",
            "shop.example.com:8443, shop.example.com",
            "shop.example.com.:8443, shop.example.com",
            "*.example.com:443, *.example.com",
            "localhost, localhost",
            "localhost:3000, localhost",
            "127.0.0.1, 127.0.0.1",
            "192.168.100.255:80, 192.168.100.255",
            "1.example.com, 1.example.com",
            "a-b--c.example, a-b--c.example",
            "فندق.السعودية, xn--ugb9aeo.xn--mgberp4a5d4ar",
            "xn--ugb9aeo.xn--mgberp4a5d4ar, xn--ugb9aeo.xn--mgberp4a5d4ar",
            "XN--UGB9AEO.xn--mgberp4a5d4ar, xn--ugb9aeo.xn--mgberp4a5d4ar",
            "*.فندق.السعودية, *.xn--ugb9aeo.xn--mgberp4a5d4ar",
            "Bücher.example, xn--bcher-kva.example",
            "BÜCHER.example, xn--bcher-kva.example",
            "xn--fuball-cta.example, xn--fuball-cta.example",
            "ｓｈｏｐ．example。com｡, shop.example.com",
            "*．example。com, *.example.com",
        })
        void is_kept_as_browsers_send_it(String typed, String kept) {
            assertThat(host(typed)).isEqualTo(kept);
        }

        @Test
        void may_be_as_long_as_a_host_can_be() {
            assertThat(host(LONGEST)).isEqualTo(LONGEST);
            assertThat(host(LONGEST + ".")).isEqualTo(LONGEST);
        }

        @Test
        void is_for_the_sandbox_or_not() {
            assertThat(Domain.parse("shop.example.com", true)).isEqualTo(new Domain("shop.example.com", true));
            assertThat(Domain.parse("*.example.com", false)).isEqualTo(new Domain("*.example.com", false));
        }

        @ParameterizedTest
        @FieldSource("KEPT")
        void is_unchanged_when_its_stored_form_is_typed(String typed) {
            var kept = host(typed);

            assertThat(host(kept)).isEqualTo(kept);
        }

        static final List<String> KEPT = List.of("Shop.example.com.", "*.فندق.السعودية", "Bücher.example", "127.0.0.1");
    }

    @Nested
    class Refused {
        static final List<String> NO_HOSTS = List.of(
                "",
                " ",
                ".",
                "..",
                ":8080",
                "*.",
                "*.:80",
                " shop.example.com",
                "shop.example.com ",
                "shop example.com",
                "shop.example.com\n",
                "shop.example.com:80\n",
                "\tshop.example.com",
                "shop\u00a0hotel.example.com",
                "shop\u3000hotel.example.com",
                "shop..example.com",
                ".example.com",
                "shop.example.com..",
                "-shop.example.com",
                "shop-.example.com",
                "shop.example.-com",
                "shop.example.com-",
                "*.-example.com",
                "my_shop.example.com",
                "user@shop.example.com",
                "user:secret@shop.example.com",
                "shop.example.com:http",
                "shop.example.com:80a",
                "shop.example.com,hotel.example.com",
                "shop.example.com;",
                "shop%2eexample.com",
                "shop.example.com\u0000",
                "1.2.3",
                "1.2.3.256",
                "1.2.3.4.5",
                "01.2.3.4",
                "2130706433",
                "shop.123",
                "a".repeat(64) + ".example.com",
                "*." + "a".repeat(64) + ".com",
                LONGEST + "d",
                "a.".repeat(5_000) + "com");

        @ParameterizedTest
        @FieldSource("NO_HOSTS")
        void is_anything_but_a_host(String typed) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> Domain.parse(typed, false))
                    .withMessage(
                            "a domain is a host, for example shop.example.com, or all hosts below one, for example *.example.com");
        }

        @ParameterizedTest
        @CsvSource({
            "https://shop.example.com, shop.example.com",
            "https://shop.example.com/, shop.example.com",
            "https://shop.example.com/path?a=b#c, shop.example.com",
            "HTTPS://Shop.Example.com:8443/path, shop.example.com",
            "http://user:secret@shop.example.com/, shop.example.com",
            "shop.example.com/path, shop.example.com",
            "shop.example.com/, shop.example.com",
            "shop.example.com?a=b, shop.example.com",
            "shop.example.com#a, shop.example.com",
            "shop.example.com\\path, shop.example.com",
            "https://*.example.com/, *.example.com",
            "https://فندق.السعودية/, xn--ugb9aeo.xn--mgberp4a5d4ar",
        })
        void is_an_address_and_its_host_is_named(String typed, String wanted) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> Domain.parse(typed, false))
                    .withMessage("a domain is the host alone, here " + wanted);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"https://", "http:///path", "/", "//", "?", "https://a_b/", "https://-", "file:///etc/hosts"
                })
        void is_an_address_without_a_host(String typed) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> Domain.parse(typed, false))
                    .withMessageContaining("for example shop.example.com");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"*.com", "*.localhost", "*.sa.", "*.com:443", "*.السعودية", "*.3.4", "*.0.0.1", "*.2.3.4.5"})
        void is_a_wildcard_over_too_much(String typed) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> Domain.parse(typed, false))
                    .withMessage("after *. comes a name of at least two parts, for example *.example.com");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "*",
                    "**",
                    "a.*.com",
                    "*a.com",
                    "*a.example.com",
                    "a*.example.com",
                    "*.*.com",
                    "**.example.com",
                    "example.*",
                    "*.example.*",
                    "*:80"
                })
        void is_a_star_elsewhere(String typed) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> Domain.parse(typed, false))
                    .withMessage(
                            "a * may stand only at the beginning, for all hosts below a domain, for example *.example.com");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "[::1]",
                    "[::1]:8080",
                    "::1",
                    "2001:db8::1",
                    "[2001:db8::1]",
                    "fe80::1%eth0",
                    "::ffff:1.2.3.4",
                    "https://[::1]:8080/",
                    "[1.2.3.4]"
                })
        void is_an_ipv6_address(String typed) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> Domain.parse(typed, false))
                    .withMessage("a host name is expected, not an IPv6 address, for example shop.example.com");
        }

        /**
         * Java would convert these to fussball, βόλοσ and the name without its joiner, which are other hosts to a
         * browser.
         */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "fußball.example",
                    "FUẞBALL.example",
                    "βόλος.example",
                    "نامه\u200cای.example",
                    "ශ්\u200dරී.example",
                    "*.fußball.example",
                    "https://fußball.example/",
                    "☕.example",
                    "فندق1.example"
                })
        void is_a_name_that_java_and_browsers_take_for_different_hosts(String typed) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> Domain.parse(typed, false))
                    .withMessage(ASCII_FORM + "xn--fuball-cta.example");
        }
    }

    @Nested
    class A_domain {
        @ParameterizedTest
        @CsvSource({
            "shop.example.com, shop.example.com, true",
            "shop.example.com, a.shop.example.com, false",
            "shop.example.com, example.com, false",
            "shop.example.com, ashop.example.com, false",
            "shop.example.com, shop.example.com.evil.example, false",
            "shop.example.com, shop-example.com, false",
            "*.example.com, shop.example.com, true",
            "*.example.com, a.b.c.example.com, true",
            "*.example.com, example.com, false",
            "*.example.com, .example.com, false",
            "*.example.com, notexample.com, false",
            "*.example.com, example.com.evil.example, false",
            "*.example.com, shop.example.com.sa, false",
            "*.example.com, com, false",
            "*.example.com, '', false",
            "localhost, localhost, true",
            "localhost, evil.localhost, false",
            "127.0.0.1, 127.0.0.1, true",
            "127.0.0.1, 1127.0.0.1, false",
            "127.0.0.1, 127.0.0.10, false",
            "فندق.السعودية, xn--ugb9aeo.xn--mgberp4a5d4ar, true",
            "*.فندق.السعودية, a.xn--ugb9aeo.xn--mgberp4a5d4ar, true",
            "*.فندق.السعودية, xn--ugb9aeo.xn--mgberp4a5d4ar, false",
        })
        void covers_itself_or_all_hosts_under_it(String typed, String host, boolean covered) {
            assertThat(coversHost(typed, host)).isEqualTo(covered);
        }
    }

    @Nested
    class The_host_of_an_origin_or_a_referer {
        @ParameterizedTest
        @CsvSource({
            "https://shop.example.com, shop.example.com",
            "http://shop.example.com, shop.example.com",
            "https://shop.example.com:8443, shop.example.com",
            "https://shop.example.com:, shop.example.com",
            "HTTPS://SHOP.Example.com, shop.example.com",
            "https://shop.example.com., shop.example.com",
            "https://shop.example.com.:443, shop.example.com",
            "capacitor://localhost, localhost",
            "chrome-extension://abcdefghijklmnop, abcdefghijklmnop",
            "x+y.z-1://shop.example.com, shop.example.com",
            "http://127.0.0.1:3000, 127.0.0.1",
            "https://shop.example.com/, shop.example.com",
            "https://shop.example.com/a/b?c=d#e, shop.example.com",
            "https://shop.example.com/a b|c^d{e}\"f\\g<h>`%zz, shop.example.com",
            "https://shop.example.com/فندق, shop.example.com",
            "https://shop.example.com?a, shop.example.com",
            "https://shop.example.com#a, shop.example.com",
            "https://shop.example.com\\a, shop.example.com",
            "https://shop.example.com/https://other.example, shop.example.com",
            "https://shop.example.com?@other.example, shop.example.com",
            "https://shop.example.com#@other.example, shop.example.com",
            "https://shop.example.com\\@other.example, shop.example.com",
            "https://shop.example.com/@other.example, shop.example.com",
            "https://other.example@shop.example.com, shop.example.com",
            "https://a:b@c:d@shop.example.com:1/, shop.example.com",
            "https://فندق.السعودية, xn--ugb9aeo.xn--mgberp4a5d4ar",
            "https://xn--ugb9aeo.xn--mgberp4a5d4ar, xn--ugb9aeo.xn--mgberp4a5d4ar",
            "https://shop。example．com｡, shop.example.com",
        })
        void is_what_stands_between_the_scheme_and_the_path(String value, String host) {
            assertThat(Domain.hostOf(value)).contains(host);
        }

        static final List<String> WITHOUT_A_HOST = List.of(
                "",
                "null",
                " ",
                "*",
                "shop.example.com",
                "//shop.example.com",
                "://shop.example.com",
                "https:/shop.example.com",
                "https:shop.example.com",
                "https:\\\\shop.example.com",
                "https://",
                "https:///",
                "https:///shop.example.com",
                "https://@",
                "https://:80",
                "https://user@",
                "https://.",
                "file:///home/index.html",
                "about:blank",
                "data:text/html,https://shop.example.com",
                "blob:https://shop.example.com/1",
                "javascript:https://shop.example.com",
                " https://shop.example.com",
                "/https://shop.example.com",
                "?u=https://shop.example.com",
                "1https://shop.example.com",
                "ħttps://shop.example.com",
                "https:// shop.example.com",
                "https://shop.example.com ",
                "https://shop.example.com\t",
                "https://shop.example.com\u0000",
                "https://shop.example.com\u0000.other.example",
                "https://shop.example.com:80:80",
                "https://shop.example.com:port",
                "https://shop.example.com:80 ",
                "https://shop.example.com, https://other.example",
                "https://shop.example.com,other.example",
                "https://shop..example.com",
                "https://.example.com",
                "https://shop.example.com..",
                "https://*.example.com",
                "https://*",
                "https://my_shop.example.com",
                "https://-shop.example.com",
                "https://shop%2eexample.com",
                "https://shop.example.com%2f.other.example",
                "https://other.example\u2100.example.com",
                "https://other.example\uff0f.example.com",
                "https://other.example\uff03.example.com",
                "https://other\u2024example.com",
                "https://other.example\uff20shop.example.com",
                "https://[::1]",
                "https://[::1]:8080",
                "https://[::ffff:127.0.0.1]",
                "https://[shop.example.com]",
                "https://[shop.example.com",
                "https://fußball.example",
                "https://\ud800.example.com",
                "https://" + "a".repeat(64) + ".example.com",
                "https://" + "㌀".repeat(254),
                "https://" + LONGEST + "d");

        @ParameterizedTest
        @FieldSource("WITHOUT_A_HOST")
        void is_empty_when_there_is_none(String value) {
            assertThat(Domain.hostOf(value)).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "127.0.0.1, http://[::127.0.0.1]",
            "localhost, http://[::1]",
            "*.example.com, https://example.com",
            "*.example.com, https://example.com.evil.example",
            "*.example.com, https://evil.example/.example.com",
            "*.example.com, https://evil.example\\.example.com",
            "*.example.com, https://evil.example?.example.com",
            "*.example.com, https://evil.example#.example.com",
            "*.example.com, https://shop.example.com@evil.example",
            "*.example.com, https://shop.example.com:80@evil.example",
            "*.example.com, https://evil.example:80.example.com",
            "*.example.com, https://evil.example／.example.com",
            "shop.example.com, https://evil.example/https://shop.example.com",
            "fussball.example, https://fußball.example",
            "xn--fuball-cta.example, https://fussball.example",
        })
        void is_never_one_that_only_looks_like_a_registered_one(String registered, String origin) {
            assertThat(covers(registered, origin)).isFalse();
        }

        /** All the characters that Unicode had for Chinese at first: the most expensive input for the encoding. */
        private static final String UNLIKE_CHARACTERS = IntStream.rangeClosed(0x4e00, 0x9fa5)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());

        static Stream<String> longValues() {
            return Stream.of(
                            "a",
                            ".",
                            ":",
                            "@",
                            "/",
                            "[",
                            "1",
                            ":1",
                            "://",
                            "a.",
                            "é",
                            "ü.",
                            "\u3002",
                            "\u200d",
                            "*",
                            "\\",
                            "فندق",
                            UNLIKE_CHARACTERS)
                    .flatMap(text -> Stream.of("", "https://", "https://shop.example.com/", "https://a@")
                            .map(start -> start + text.repeat(500_000 / text.length())));
        }

        /** Longer than any header; if the cost grew with the square of the length, one would take minutes. */
        @ParameterizedTest(name = "{index}")
        @MethodSource("longValues")
        @Timeout(10)
        void is_found_in_a_time_that_grows_with_the_length(String value) {
            assertThat(Domain.hostOf(value))
                    .matches(host -> host.isEmpty() || host.get().equals("shop.example.com"));
        }

        /** Fixed, so that a failure can be repeated. */
        private static final long SEED = 20_260_101;

        @Test
        void is_ascii_or_empty_whatever_is_sent() {
            var random = new Random(SEED);
            for (int i = 0; i < 20_000; i++) {
                var value = "https://" + text(random);

                var host = Domain.hostOf(value);

                assertThat(host.orElse("empty")).as(value).matches("[a-z0-9-]+(\\.[a-z0-9-]+)*");
            }
        }

        private static String text(Random random) {
            var text = new StringBuilder();
            int length = random.nextInt(12);
            for (int i = 0; i < length; i++) {
                text.appendCodePoint(
                        switch (random.nextInt(6)) {
                            case 0 -> '.';
                            case 1 -> random.nextInt(0x80);
                            case 2 -> random.nextInt(0x3000);
                            case 3 -> random.nextInt(0x1_0000);
                            case 4 -> random.nextInt(0x11_0000);
                            default -> 'a' + random.nextInt(26);
                        });
            }
            return text.toString();
        }
    }
}
