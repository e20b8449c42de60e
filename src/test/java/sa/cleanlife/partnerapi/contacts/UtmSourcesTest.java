package sa.cleanlife.partnerapi.contacts;

import static org.assertj.core.api.Assertions.assertThat;
import static sa.cleanlife.partnerapi.testing.RunningApi.newPhone;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.StoredContact;
import sa.cleanlife.partnerapi.testing.TestPartner;

/** Where the customer came from, as a partner may tell it with a contact. */
class UtmSourcesTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();

    private static Answer postUtmSource(String phone, String utmSourceAsJson) {
        return HOTEL.postContact("""
                {"phone":"%s","name":"Ahmed Ali","utmSource":%s}""".formatted(phone, utmSourceAsJson));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "HOTEL_APP"             | HOTEL_APP
            "  hotel app\\u00a0"    | hotel app
            null                    | PARTNER
            ""                      | PARTNER
            " \\n\\u00a0"           | PARTNER
            """)
    void are_stored_stripped_or_as_partner_when_blank(String sent, String stored) {
        var phone = newPhone();

        postUtmSource(phone, sent).data();

        assertThat(StoredContact.withPhone(SERVER, phone).utmSource()).isEqualTo(stored);
    }

    @Test
    void are_partner_when_absent() {
        var phone = newPhone();

        HOTEL.postContact(phone, "Ahmed Ali").data();

        assertThat(StoredContact.withPhone(SERVER, phone).utmSource()).isEqualTo("PARTNER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "😀"})
    void have_at_most_100_code_points(String character) {
        var phone = newPhone();

        var accepted = postUtmSource(phone, "\" " + character.repeat(100) + " \"");
        var refused = postUtmSource(newPhone(), "\"" + character.repeat(101) + "\"");

        assertThat(accepted.isNewContact()).isTrue();
        assertThat(StoredContact.withPhone(SERVER, phone).utmSource()).isEqualTo(character.repeat(100));
        assertThat(refused.sentences()).containsExactly("utmSource must be at most 100 characters long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "false", "{}", "[\"HOTEL_APP\"]"})
    void that_are_no_string_are_refused(String sent) {
        var answer = postUtmSource(newPhone(), sent);

        assertThat(answer.sentences()).containsExactly("utmSource must be a string");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\\u0000\"", "\"a\\nb\"", "\"\\u0085a\\u009f\"", "\"\\ud800\"", "\"\\udc00a\""})
    void with_control_characters_or_unpaired_surrogates_are_refused(String sent) {
        var countBefore = StoredContact.count(SERVER);

        var answer = postUtmSource(newPhone(), sent);

        assertThat(answer.sentences())
                .containsExactly("utmSource must not contain control characters or unpaired surrogates");
        assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
    }
}
