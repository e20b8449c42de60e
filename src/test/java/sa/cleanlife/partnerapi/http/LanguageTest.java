package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;

/** The language of error messages. */
class LanguageTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();
    private static final Pattern ARABIC = Pattern.compile("\\p{IsArabic}");

    private static Answer post(String body, String language) {
        return TestPartner.send(HOTEL.request(TestPartner.CONTACTS)
                .header("content-type", "application/json")
                .header("accept-language", language)
                .POST(BodyPublishers.ofString(body)));
    }

    private static String language(Answer answer) {
        var isArabic =
                ARABIC.matcher(answer.json().at("/error/message").asString()).find();
        assertThat(answer.headers()).containsEntry("content-language", isArabic ? "ar" : "en");
        return isArabic ? "ar" : "en";
    }

    private static String languageFor(String acceptLanguage) {
        return language(post("{}", acceptLanguage));
    }

    @Nested
    class Arabic {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "ar",
                    "AR",
                    "ar-SA",
                    "ar-Arab-SA",
                    "ar;q=0.9, en;q=0.8",
                    "en;q=0.8,ar;q=0.9",
                    "en;q=0.5, ar",
                    "ar, en",
                    "fr, ar;q=0.5",
                    "ar;q=0.001",
                    "ar ; Q=0.5",
                    "*;q=0.1, ar",
                    "en;q=0, *",
                    "ar, en;q=2",
                    "@@, ar",
                    ",,ar,,"
                })
        void is_used_when_the_client_prefers_it(String acceptLanguage) {
            assertThat(languageFor(acceptLanguage)).isEqualTo("ar");
        }

        @Test
        void is_used_for_every_sentence_which_begins_with_the_fields_name() {
            var error = post("{\"phone\":\"0500000000\",\"utmSource\":5}", "ar").error(400, "VALIDATION_ERROR");

            assertThat(error.get("message").asString())
                    .isEqualTo("phone يجب أن يكون رقم هاتف صحيحًا بالصيغة الدولية؛ أرسل \u200E+966500000000");
            assertThat(error.at("/details/message/0")).isEqualTo(error.get("message"));
            assertThat(error.at("/details/message/1").asString()).isEqualTo("name يجب أن يكون نصًّا؛ وهو حقل مطلوب");
            assertThat(error.at("/details/fields/utmSource/0").asString()).isEqualTo("utmSource يجب أن يكون نصًّا");
            assertThat(error.at("/details/error").asString()).isEqualTo("Bad Request");
        }

        @Test
        void is_used_in_errors_of_every_kind() {
            for (var answer : new Answer[] {
                HOTEL.withKey("wrong").get(TestPartner.NO_CONTACT, "accept-language", "ar"),
                HOTEL.get(TestPartner.NO_CONTACT, "accept-language", "ar"),
                HOTEL.get("/v1/unknown", "accept-language", "ar"),
                HOTEL.get(TestPartner.CONTACTS, "accept-language", "ar"),
                post("x".repeat(70_000), "ar"),
                post("", "ar"),
                post("{", "ar"),
            }) {
                assertThat(language(answer)).as(answer.body()).isEqualTo("ar");
            }
        }
    }

    @Nested
    class English {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "en",
                    "en-GB, ar;q=0.9",
                    "en, ar",
                    "*",
                    "fr",
                    "fr, *;q=0.5, ar;q=0.1",
                    "ar;q=0",
                    "ar;q=0, *",
                    "ar;q=0.5, en;q=0.6",
                    "arz",
                    "ar;q=1.5",
                    "ar;q=",
                    "ar;q=0.5;q=0.6",
                    "ar_SA",
                    "",
                    "\u00ff\u00fe"
                })
        void is_used_for_every_other_client(String acceptLanguage) {
            try (var connection = RawConnection.to(SERVER)) {
                connection.send(
                        "GET /v1/unknown HTTP/1.1\r\nHost: test\r\nAccept-Language: " + acceptLanguage + "\r\n\r\n");

                assertThat(language(connection.answer())).isEqualTo("en");
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {2_000, 7_000})
        void is_used_for_a_language_of_thousands_of_subtags(int subtags) {
            var languageTag = "a" + "-b".repeat(subtags);
            try (var connection = RawConnection.to(SERVER)) {
                connection.send("POST %s HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\nAccept-Language: %s\r\n\r\n"
                        .formatted(TestPartner.CONTACTS, languageTag));

                var answer = connection.answer();
                answer.error(401, "UNAUTHORIZED");
                assertThat(language(answer)).isEqualTo("en");
            }
        }

        @Test
        void is_used_without_accept_language() {
            assertThat(language(HOTEL.getContact("abc"))).isEqualTo("en");
        }
    }

    @Nested
    class A_success {
        @Test
        void is_the_same_in_every_language() {
            var phone = RunningApi.newPhone();
            HOTEL.postContact(phone, "Ahmed Ali");

            var english = HOTEL.postContact(phone, "Ahmed Ali");
            var arabic = post(TestPartner.contactJson(phone, "Ahmed Ali"), "ar");

            assertThat(arabic.body()).isEqualTo(english.body());
            assertThat(arabic.headers()).doesNotContainKey("content-language");
        }
    }
}
