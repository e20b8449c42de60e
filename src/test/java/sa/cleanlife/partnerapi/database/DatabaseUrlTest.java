package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.pgclient.SslMode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.database.DatabaseUrl.Host;

/** A database URL as every PostgreSQL tool accepts it, read as libpq reads it or rejected. */
class DatabaseUrlTest {
    private static final String ROOT = "sslrootcert=/etc/ca.pem";

    private static DatabaseUrl parse(String url) {
        return DatabaseUrl.parse(url);
    }

    @Nested
    class The_target {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "postgresql://u:p@db.example:5433/shop             | db.example:5433/shop",
                    "postgres://u:p@db.example:5433/shop               | db.example:5433/shop",
                    "postgresql://u:p@db.example/shop                  | db.example:5432/shop",
                    "postgresql://u:p@db.example/shop?                 | db.example:5432/shop",
                    "postgresql://u@127.0.0.1/shop                     | 127.0.0.1:5432/shop",
                    "postgresql://u:p@one,two:5433,three/shop          | one:5432,two:5433,three:5432/shop",
                    "postgresql://u:p@db.example/sh%20op%2F1           | db.example:5432/sh op/1",
                    "postgresql://u:p@db.example/a+b                   | db.example:5432/a+b",
                    "postgresql://u:p@db.example/%D9%85%D8%AA%D8%AC%D8%B1 | db.example:5432/متجر",
                })
        void names_servers_and_database(String url, String place) {
            assertThat(parse(url)).hasToString(place);
        }

        @ParameterizedTest
        @ValueSource(strings = {"postgresql://me:p@h", "postgresql://me:p@h/", "postgresql://h?user=me"})
        void is_the_users_own_database_when_none_is_named(String url) {
            assertThat(parse(url).database()).isEqualTo("me");
        }

        @Test
        void takes_ipv6_addresses_in_brackets() {
            assertThat(parse("postgresql://u:p@[::1],[2001:db8::2]:6432,h/shop").hosts())
                    .containsExactly(new Host("::1", 5432), new Host("2001:db8::2", 6432), new Host("h", 5432));
        }

        @Test
        void gives_the_driver_one_set_of_options_for_each_server_in_order() {
            var servers =
                    parse("postgresql://api:s%2Fecret@one,[::1]:5433/shop").servers();

            assertThat(servers).extracting("host").containsExactly("one", "::1");
            assertThat(servers).extracting("port").containsExactly(5432, 5433);
            assertThat(servers).allSatisfy(server -> {
                assertThat(server.getUser()).isEqualTo("api");
                assertThat(server.getPassword()).isEqualTo("s/ecret");
                assertThat(server.getDatabase()).isEqualTo("shop");
            });
        }

        @Test
        void gives_migrations_each_of_the_servers_without_user_or_password() {
            var url = parse("postgresql://api:secret@one,[::1]:5433/sh%20op"
                    + "?sslmode=verify-full&sslrootcert=/etc/c%20a.pem&target_session_attrs=read-write");

            assertThat(url.hosts())
                    .extracting(url::jdbcUrl)
                    .satisfiesExactly(
                            one -> assertThat(one).startsWith("jdbc:postgresql://one:5432/sh%20op?"),
                            other -> assertThat(other).startsWith("jdbc:postgresql://[::1]:5433/sh%20op?"));
            assertThat(url.hosts())
                    .extracting(url::jdbcUrl)
                    .allSatisfy(jdbc -> assertThat(jdbc)
                            .contains("sslmode=verify-full", "sslrootcert=%2Fetc%2Fc%20a.pem")
                            .doesNotContain("api:", "secret", "user=", "password="));
        }
    }

    @Nested
    class The_user {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                nullValues = "-",
                value = {
                    "postgresql://api:secret@h/d                    | api    | secret",
                    "postgresql://api@h/d                           | api    | ''",
                    "postgresql://api:@h/d                          | api    | ''",
                    "postgresql://api:a:b@h/d                       | api    | a:b",
                    "postgresql://api:a@b@h/d                       | api    | a@b",
                    "postgresql://api:a+b@h/d                       | api    | a+b",
                    "postgresql://a%40pi:%3A%2F%3F%23%25@h/d        | a@pi   | :/?#%",
                    "postgresql://api:%D8%B3%D8%B1@h/d              | api    | سر",
                    "postgresql://h/d?user=api&password=s%26cret    | api    | s&cret",
                    "postgresql://x:y@h/d?user=api&password=secret  | api    | secret",
                })
        void is_the_user_with_the_password(String url, String user, String password) {
            assertThat(parse(url).user()).isEqualTo(user);
            assertThat(parse(url).password()).isEqualTo(password);
        }

        @ParameterizedTest
        @ValueSource(strings = {"postgresql://h/d", "postgresql://:secret@h/d", "postgresql://h/d?user="})
        void must_be_named(String url) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse(url))
                    .withMessage("must name a user, as in postgresql://user:password@host:5432/database");
        }
    }

    @Nested
    class The_encryption {
        @ParameterizedTest
        @CsvSource({
            "disable,                 DISABLE",
            "allow,                   ALLOW",
            "prefer,                  PREFER",
            "require,                 REQUIRE",
            "verify-ca&" + ROOT + ",  VERIFY_CA",
            "verify-full&" + ROOT + ", VERIFY_FULL",
        })
        void follows_the_sslmode(String parameter, SslMode mode) {
            assertThat(parse("postgresql://u@h/d?sslmode=" + parameter).sslMode())
                    .isEqualTo(mode);
        }

        @Test
        void is_preferred_without_an_sslmode() {
            assertThat(parse("postgresql://u@h/d").sslMode()).isEqualTo(SslMode.PREFER);
        }

        @Test
        void checks_the_name_in_the_certificate_for_verify_full_alone() {
            var full = parse("postgresql://u@h/d?sslmode=verify-full&" + ROOT)
                    .servers()
                    .getFirst()
                    .getSslOptions();
            var authority = parse("postgresql://u@h/d?sslmode=verify-ca&" + ROOT)
                    .servers()
                    .getFirst()
                    .getSslOptions();

            assertThat(full.isTrustAll()).isFalse();
            assertThat(full.getHostnameVerificationAlgorithm()).isEqualTo("HTTPS");
            assertThat(authority.isTrustAll()).isFalse();
            assertThat(authority.getHostnameVerificationAlgorithm()).isNullOrEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"verify-ca", "verify-full"})
        void cannot_verify_without_certificates(String mode) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse("postgresql://u@h/d?sslmode=" + mode))
                    .withMessage(
                            "must give sslrootcert, a file of PEM certificates, when sslmode is verify-ca or verify-full");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "on", "true", "verify_full", "required"})
        void accepts_no_other_sslmode(String mode) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse("postgresql://u@h/d?sslmode=" + mode))
                    .withMessage("must have an sslmode of disable, allow, prefer, require, verify-ca or verify-full");
        }
    }

    @Nested
    class The_session_attributes {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "target_session_attrs=any",
                    "target_session_attrs=read-write",
                    "target_session_attrs=primary",
                    "targetServerType=any",
                    "targetServerType=primary",
                    "targetServerType=master",
                })
        void are_accepted_in_the_forms_of_other_tools(String parameter) {
            assertThat(parse("postgresql://u@a,b/d?" + parameter))
                    .isEqualTo(parse("postgresql://u@a,b/d?sslmode=prefer"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"standby", "read-only", "prefer-standby", "PRIMARY", ""})
        void accept_no_other_value(String target) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse("postgresql://u@a,b/d?target_session_attrs=" + target))
                    .withMessage("must have a target_session_attrs of any, read-write or primary");
        }
    }

    @Nested
    class Refusals {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "''                                  | must begin with postgresql://",
                    "localhost                           | must begin with postgresql://",
                    "jdbc:postgresql://u@h/d             | must begin with postgresql://",
                    "POSTGRESQL://u@h/d                  | must begin with postgresql://",
                    "postgresql:/u@h/d                   | must begin with postgresql://",
                    "postgresql://u@                     | must name a host",
                    "postgresql://u@/d                   | must name a host",
                    "postgresql://u@a,,b/d               | must name a host",
                    "postgresql://u@a,/d                 | must name a host",
                    "postgresql://u@[]/d                 | must name a host",
                    "postgresql://u@:5432/d              | must name a host",
                    "postgresql://u@::1/d                | must name a host",
                    "postgresql://u@h:/d                 | must have a port from 1 to 65535",
                    "postgresql://u@h:0/d                | must have a port from 1 to 65535",
                    "postgresql://u@h:65536/d            | must have a port from 1 to 65535",
                    "postgresql://u@h:-1/d               | must have a port from 1 to 65535",
                    "postgresql://u@fe80::1/d            | must have a port from 1 to 65535",
                    "postgresql://u:50%@h/d              | must have each % followed by two hexadecimal digits",
                    "postgresql://u:%zz@h/d              | must have each % followed by two hexadecimal digits",
                    "postgresql://u:%-1@h/d              | must have each % followed by two hexadecimal digits",
                    "postgresql://u@h/d%                 | must have each % followed by two hexadecimal digits",
                    "postgresql://u@h/d?sslmode=%1       | must have each % followed by two hexadecimal digits",
                })
        void say_what_the_url_must_have(String url, String sentence) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse(url))
                    .withMessageStartingWith(sentence)
                    .withNoCause();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"application_name=x", "sslcert=x", "SSLMODE=disable", "ssl mode=x", "", "&sslmode=allow"})
        void name_the_parameters_there_are(String query) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse("postgresql://u@h/d?" + (query.isEmpty() ? "&" : query)))
                    .withMessage(
                            "must have no parameters but password, sslmode, sslrootcert, targetServerType, target_session_attrs, user");
        }

        /** Secrets at every place where a person may put one; a forgotten percent-encoding is the usual mistake. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "XsecretX",
                    "mysql://XuserX:XsecretX@XhostX/XdbX",
                    "postgresql://XuserX:Xse/cretX@XhostX/XdbX",
                    "postgresql://XuserX:Xse?cretX@XhostX/XdbX",
                    "postgresql://XuserX:Xse%cretX@XhostX/XdbX",
                    "postgresql://XuserX:XsecretX@XhostX:XportX/XdbX",
                    "postgresql://XuserX:XsecretX@/XdbX",
                    "postgresql://:XsecretX@XhostX/XdbX",
                    "postgresql://XuserX:XsecretX@XhostX/XdbX?XparamX=XvalueX",
                    "postgresql://XuserX:XsecretX@XhostX/XdbX?sslmode=XvalueX",
                    "postgresql://XuserX:XsecretX@XhostX/XdbX?target_session_attrs=XvalueX",
                    "postgresql://XuserX:XsecretX@XhostX/XdbX?sslmode=verify-full",
                })
        void repeat_nothing_of_the_url(String url) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse(url))
                    .withNoCause()
                    .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContainPattern("X|cret|Xse"));
        }

        @Test
        void are_all_that_any_text_can_cause() {
            var random = new Random(20_260_101);
            var pieces = List.of(
                    "postgresql://",
                    "postgres://",
                    "u",
                    ":",
                    "@",
                    "/",
                    "?",
                    "&",
                    "=",
                    "%",
                    "%41",
                    "%zz",
                    "[",
                    "]",
                    ",",
                    "h",
                    "5432",
                    "sslmode",
                    "require",
                    "user",
                    "sslrootcert",
                    "+",
                    " ",
                    "\0",
                    "ش",
                    "\uD800",
                    "#");
            for (int i = 0; i < 100_000; i++) {
                var url = new StringBuilder(random.nextInt(10) == 0 ? "" : "postgresql://");
                for (int length = random.nextInt(12); length > 0; length--) {
                    url.append(pieces.get(random.nextInt(pieces.size())));
                }

                var thrown = catchThrowable(() -> parse(url.toString()));

                if (thrown != null) {
                    assertThat(thrown).as(url.toString()).isExactlyInstanceOf(IllegalArgumentException.class);
                }
            }
        }
    }

    @Nested
    class As_text {
        @Test
        void names_the_server_but_not_the_user() {
            var url = parse("postgresql://XuserX:XsecretX@one,two/shop?sslmode=require&" + ROOT);

            assertThat(url).hasToString("one:5432,two:5432/shop");
        }
    }
}
