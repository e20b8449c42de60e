package sa.cleanlife.partnerapi.contacts;

import static org.assertj.core.api.Assertions.assertThat;
import static sa.cleanlife.partnerapi.testing.RunningApi.newPhone;

import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;

/** A contact to be found or created that fails several rules, or lacks a field because its name was mistyped. */
class ContactRequestTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();

    @Nested
    class A_field_of_nearly_the_right_name {
        @ParameterizedTest
        @CsvSource({
            "Name",
            "NAME",
            "name_",
            "nmae",
            "naem",
            "nam",
            "names",
            "fullName",
            "full_name",
            "customer-name",
            "nameOfCustomer"
        })
        void is_named_when_the_name_is_missing(String sent) {
            assertThat(HOTEL.postContact("{\"phone\":\"+966500000000\",\"%s\":\"Ahmed Ali\"}".formatted(sent))
                            .sentences())
                    .containsExactly("name must be a string; it is required; send %s as name".formatted(sent));
        }

        @ParameterizedTest
        @CsvSource({"phone_number", "phoneNumber", "Phone", "PHONE", "mobilePhone", "phon", "phnoe", "telephone"})
        void is_named_when_the_phone_is_missing(String sent) {
            assertThat(HOTEL.postContact("{\"%s\":\"+966500000000\",\"name\":\"Ahmed Ali\"}".formatted(sent))
                            .sentences())
                    .containsExactly(
                            ContactPhonesTest.WRONG_PHONE + "; it is required; send %s as phone".formatted(sent));
        }

        @Test
        void is_the_nearest_of_several() {
            assertThat(HOTEL.postContact(
                                    "{\"first_name\":\"A\",\"nam\":\"A\",\"phone\":\"+966500000000\",\"Name\":\"A\"}")
                            .sentences())
                    .containsExactly("name must be a string; it is required; send Name as name");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                {"phone":"+966500000000","customer":"A"}
                {"phone":"+966500000000","utmSource":"A"}
                {"phone":"+966500000000","\\u0000name":"A","\\u0646ame":"A"}
                {"phone":"+966500000000","na":"A","n":"A","":"A"}
                """)
        void is_not_seen_in_any_other(String body) {
            assertThat(HOTEL.postContact(body).sentences()).containsExactly("name must be a string; it is required");
        }

        @Test
        void is_ignored_when_nothing_is_missing() {
            var answer =
                    HOTEL.postContact("{\"phone\":\"%s\",\"name\":\"Ahmed Ali\",\"Name\":\"B\",\"utm_source\":\"C\"}"
                            .formatted(newPhone()));

            assertThat(answer.data().get("name").asString()).isEqualTo("Ahmed Ali");
        }
    }

    @Nested
    class All_faults_at_once {
        @Test
        void are_reported_in_the_order_of_the_fields_and_by_field() {
            var answer = HOTEL.postContact("""
                    {"utmSource":5,"phone":"0500000000"}""");

            assertThat(answer.error(400, "VALIDATION_ERROR").get("details")).isEqualTo(Answer.parse("""
                    {
                      "statusCode": 400,
                      "error": "Bad Request",
                      "message": [
                        "phone must be a valid phone number in international form; send +966500000000",
                        "name must be a string; it is required",
                        "utmSource must be a string"
                      ],
                      "fields": {
                        "phone": ["phone must be a valid phone number in international form; send +966500000000"],
                        "name": ["name must be a string; it is required"],
                        "utmSource": ["utmSource must be a string"]
                      }
                    }
                    """));
        }

        @Test
        void are_reported_for_an_empty_object() {
            var answer = HOTEL.postContact("{}");

            assertThat(answer.sentences())
                    .containsExactly(
                            ContactPhonesTest.WRONG_PHONE + "; it is required",
                            "name must be a string; it is required");
        }

        @Test
        void include_two_of_one_field() {
            var answer = HOTEL.postContact("""
                    {"phone":"+966500000000","name":"%s"}""".formatted("\\u0001".repeat(201)));

            assertThat(answer.error(400, "VALIDATION_ERROR").get("details").get("fields"))
                    .isEqualTo(Answer.parse("""
                            {"name":["name must be 1 to 200 characters long",
                                     "name must not contain control characters or unpaired surrogates"]}
                            """));
        }

        @Test
        void include_the_content_type() {
            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS)
                    .header("content-type", "text/plain")
                    .POST(BodyPublishers.ofString("{\"phone\":\"abc\",\"name\":\"Ahmed Ali\"}")));

            assertThat(answer.sentences())
                    .containsExactly("content-type must be application/json", ContactPhonesTest.WRONG_PHONE);
        }
    }
}
