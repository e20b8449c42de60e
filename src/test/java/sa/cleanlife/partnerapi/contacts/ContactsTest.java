package sa.cleanlife.partnerapi.contacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static sa.cleanlife.partnerapi.testing.RunningApi.newPhone;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.StoredContact;
import sa.cleanlife.partnerapi.testing.TestPartner;
import tools.jackson.databind.JsonNode;

/** Contacts, through the front door: whom a call finds or creates, and what is read. */
class ContactsTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();
    private static final TestPartner OTHER_HOTEL = SERVER.newPartner();

    static {
        // Decoys, which a wrong lookup could find.
        HOTEL.postContact("+966500000009", "Decoy One");
        HOTEL.postContact("+966509000000", "Decoy Two");
    }

    private static JsonNode data(String id, String name, String phone, boolean isNewContact) {
        return Answer.parse("""
                {"id":"%s","name":"%s","phone":"%s","isNewContact":%s}""".formatted(id, name, phone, isNewContact));
    }

    @Nested
    class Finding_or_creating_by_phone {
        @Test
        void creates_the_contact_when_the_phone_is_new() {
            var phone = newPhone();

            var answer = HOTEL.postContact(phone, "Ahmed Ali");

            assertThat(answer.data()).isEqualTo(data(answer.id(), "Ahmed Ali", phone, true));
            assertThat(UUID.fromString(answer.id()).version()).isEqualTo(4);
        }

        @Test
        void returns_the_stored_name_when_the_phone_is_known() {
            var phone = newPhone();
            HOTEL.postContact(newPhone(), "Decoy Before");
            var stored = HOTEL.postContact(phone, "Ahmed Ali");
            HOTEL.postContact(newPhone(), "Decoy After");

            var answer = HOTEL.postContact(phone, "Somebody Else");

            assertThat(answer.data()).isEqualTo(data(stored.id(), "Ahmed Ali", phone, false));
        }

        @Test
        void leaves_a_found_contact_as_it_was_stored() {
            var phone = newPhone();
            HOTEL.postContact("""
                    {"phone":"%s","name":"Ahmed Ali","utmSource":"HOTEL_APP"}""".formatted(phone));
            var before = StoredContact.withPhone(SERVER, phone);

            OTHER_HOTEL.postContact("""
                    {"phone":"%s","name":"Somebody Else","utmSource":"ELSEWHERE"}""".formatted(phone));

            assertThat(StoredContact.withPhone(SERVER, phone)).isEqualTo(before);
            assertThat(before.name()).isEqualTo("Ahmed Ali");
            assertThat(before.utmSource()).isEqualTo("HOTEL_APP");
        }

        @Test
        void returns_the_same_contact_to_every_partner() {
            var phone = newPhone();
            var first = HOTEL.postContact(phone, "Ahmed Ali");

            var second = OTHER_HOTEL.postContact(phone, "Somebody Else");

            assertThat(second.data()).isEqualTo(data(first.id(), "Ahmed Ali", phone, false));
        }

        @Test
        void records_who_created_the_contact_and_when() {
            var phone = newPhone();
            var before = Instant.now();
            OTHER_HOTEL.postContact(newPhone(), "Decoy");

            var answer = HOTEL.postContact(phone, "Ahmed Ali");

            var stored = StoredContact.withPhone(SERVER, phone);
            assertThat(stored.id()).hasToString(answer.id());
            assertThat(stored.createdBy()).isEqualTo(HOTEL.name());
            assertThat(stored.createdByKey()).isEqualTo(HOTEL.keyId());
            assertThat(stored.createdAt()).isBetween(before.minusMillis(1), Instant.now());
        }

        @Test
        void may_be_repeated() {
            var phone = newPhone();
            var countBefore = StoredContact.count(SERVER);

            var answers =
                    Stream.generate(() -> HOTEL.postContact(phone, "Ahmed Ali")).limit(3);

            var distinctIds = new HashSet<String>();
            assertThat(answers.peek(answer -> distinctIds.add(answer.id())).map(Answer::isNewContact))
                    .containsExactly(true, false, false);
            assertThat(distinctIds).hasSize(1);
            assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore + 1);
        }

        @Test
        void keeps_phones_that_differ_in_one_digit_apart() {
            var one = HOTEL.postContact("+966591111111", "Ahmed Ali");

            var other = HOTEL.postContact("+966591111112", "Somebody Else");

            assertThat(other.isNewContact()).isTrue();
            assertThat(other.id()).isNotEqualTo(one.id());
            assertThat(other.data().get("name").asString()).isEqualTo("Somebody Else");
        }

        @Test
        void ignores_fields_that_it_does_not_know() {
            var phone = newPhone();

            var answer = HOTEL.postContact("""
                    {"id":"3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60","phone":"%s","Phone":"+966500000009","name":"Ahmed Ali",
                     "isNewContact":"no","roomNumber":412,"guest":{"phone":"+966500000009","tags":[null,{}]}}
                    """.formatted(phone));

            assertThat(answer.data()).isEqualTo(data(answer.id(), "Ahmed Ali", phone, true));
            assertThat(answer.id()).isNotEqualTo("3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60");
        }
    }

    @Nested
    class Reading_by_id {
        @Test
        void answers_the_contact_as_it_was_stored() {
            var phone = newPhone();
            HOTEL.postContact(newPhone(), "Decoy Before");
            var stored = HOTEL.postContact(phone, "Ahmed Ali");
            HOTEL.postContact(newPhone(), "Decoy After");

            var answer = OTHER_HOTEL.getContact(stored.id());

            assertThat(answer.data()).isEqualTo(data(stored.id(), "Ahmed Ali", phone, false));
        }

        @Test
        void takes_the_id_in_upper_case() {
            var stored = HOTEL.postContact(newPhone(), "Ahmed Ali");

            var answer = HOTEL.getContact(stored.id().toUpperCase(Locale.ROOT));

            assertThat(answer.id()).isEqualTo(stored.id());
        }

        @Test
        void ignores_a_body() {
            var stored = HOTEL.postContact(newPhone(), "Ahmed Ali");

            var answer = TestPartner.send(HOTEL.request(TestPartner.CONTACTS + "/" + stored.id())
                    .method("GET", BodyPublishers.ofString("no JSON")));

            assertThat(answer.id()).isEqualTo(stored.id());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60",
                    "00000000-0000-0000-0000-000000000000",
                    "ffffffff-ffff-ffff-ffff-ffffffffffff",
                    "01890a5d-ac96-774b-bcce-b302099a8057"
                })
        void answers_404_for_an_unknown_contact(String id) {
            var answer = HOTEL.getContact(id);

            assertThat(answer.error(404, "RESOURCE_NOT_FOUND").get("message").asString())
                    .isEqualTo("There is no contact with this id.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "abc",
                    "1",
                    "1-1-1-1-1",
                    "3f0c6a527d0e4b8e9a415c2f7b1d9e60",
                    "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e6",
                    "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e600",
                    "g f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60",
                    "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e6g",
                    "{3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60}",
                    "urn:uuid:3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60",
                    "%zz",
                    "+966500000000",
                    "٣f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60"
                })
        void refuses_an_id_that_is_no_uuid(String id) {
            var encoded = URLEncoder.encode(id, UTF_8);

            var answer = HOTEL.getContact(encoded);

            assertThat(answer.sentences()).containsExactly("contactId must be a UUID");
        }
    }
}
