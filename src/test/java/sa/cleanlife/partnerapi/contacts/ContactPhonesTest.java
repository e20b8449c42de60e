package sa.cleanlife.partnerapi.contacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.Answer;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.StoredContact;
import sa.cleanlife.partnerapi.testing.TestPartner;

/** The phone of a contact to be found or created: in which forms it is accepted, and with which sentence refused. */
class ContactPhonesTest {
    private static final RunningApi SERVER = RunningApi.shared();
    private static final TestPartner HOTEL = SERVER.newPartner();

    static final String WRONG_PHONE =
            "phone must be a valid phone number in international form, for example +966500000000";

    static {
        // Decoys, which a wrong lookup could find.
        HOTEL.postContact("+966500000009", "Decoy One");
        HOTEL.postContact("+966509000000", "Decoy Two");
    }

    private static Answer postPhone(String phoneAsJson) {
        return HOTEL.postContact("""
                {"phone":%s,"name":"Ahmed Ali"}""".formatted(phoneAsJson));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "+966500000000"                           | +966500000000
            "+966-50-000-0000"                        | +966500000000
            "+966.50.000.0000"                        | +966500000000
            "+966(0)500000000"                        | +966500000000
            "+9660500000000"                          | +966500000000
            "+\\u0669\\u0666\\u0666\\u0665\\u0660\\u0660\\u0660\\u0660\\u0660\\u0660\\u0660\\u0660" | +966500000000
            "+\\u06f9\\u06f6\\u06f6\\u06f5\\u06f0\\u06f0\\u06f0\\u06f0\\u06f0\\u06f0\\u06f0\\u06f0" | +966500000000
            "\\uff0b\\uff19\\uff16\\uff16\\uff1500000000" | +966500000000
            "\\u200e+966500000000"                    | +966500000000
            "\\u202a+966500000000\\u202c"             | +966500000000
            "+966\\u200b50\\ufeff0000000"             | +966500000000
            "\\u002b966500000000"                     | +966500000000
            "+966529339123"                           | +966529339123
            "+966112345678"                           | +966112345678
            "+966920012345"                           | +966920012345
            "+9668001234567"                          | +9668001234567
            """)
    void are_returned_in_e164_form(String sent, String answered) {
        var answer = postPhone(sent);

        assertThat(answer.data().get("phone").asString()).isEqualTo(answered);
        assertThat(StoredContact.withPhone(SERVER, answered).id()).hasToString(answer.id());
    }

    @Test
    void are_one_contact_however_they_are_written() {
        var spellings = List.of(
                "+966592222222",
                "+966-59-222-2222",
                "+966(0)592222222",
                "+9660592222222",
                "+٩٦٦٥٩٢٢٢٢٢٢٢",
                "+۹۶۶۵۹۲۲۲۲۲۲۲",
                "＋９６６５９２２２２２２２",
                "\u200e+966592222222");
        var countBefore = StoredContact.count(SERVER);

        var answers = spellings.stream()
                .map(spelling -> HOTEL.postContact(spelling, "Ahmed Ali"))
                .toList();

        assertThat(answers.stream().map(Answer::isNewContact))
                .containsExactly(true, false, false, false, false, false, false, false);
        assertThat(answers.stream().map(Answer::id).distinct()).hasSize(1);
        assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"0500000000\"",
                "\"966500000000\"",
                "\"00966500000000\"",
                "\"+966 500000000\"",
                "\"+966 50 000 0000\"",
                "\" +966500000000\"",
                "\"+966500000000\\n\"",
                "\"+966500000000\\u00a0\"",
                "\"+966\\u2003500000000\"",
                "\"966500000000.0\"",
                "\"'+966500000000\"",
                "\"tel:+966500000000\"",
                "\"p:+966500000000\"",
                "\"966500000000@c.us\"",
                "\"+966966500000000\"",
                "\"+966\\u201150\\u2013000\\u20130000\""
            })
    void in_another_saudi_form_are_refused_with_the_form_to_send(String sent) {
        var countBefore = StoredContact.count(SERVER);

        var answer = postPhone(sent);

        assertThat(answer.sentences())
                .containsExactly("phone must be a valid phone number in international form; send +966500000000");
        assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"+96650000000\"",
                "\"+9665000000000\"",
                "\"+966100000000\"",
                "\"+966911\"",
                "\"++966500000000\"",
                "\"+96650FLOWERS\"",
                "\"+966500000000x12\"",
                "\"+966500000000,+966500000001\"",
                "\"+966500000000\\u0000\"",
                "\"+96650000000\\ud800\"",
                "\"+966\\ud83d\\udfce00000000\"",
                "\"abc\"",
                "\"+966\"",
                "\"+\"",
                "\" \"",
                "\"\""
            })
    void of_any_other_form_are_refused(String sent) {
        var countBefore = StoredContact.count(SERVER);

        var answer = postPhone(sent);

        assertThat(answer.sentences()).containsExactly(WRONG_PHONE);
        assertThat(StoredContact.count(SERVER)).isEqualTo(countBefore);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"+14155550100\"", "\"+971501234567\"", "\"00971501234567\""})
    void of_another_country_are_refused_with_that_reason(String sent) {
        assertThat(postPhone(sent).sentences())
                .containsExactly("phone must be a valid phone number in international form and a Saudi one,"
                        + " for example +966500000000; this is a number of another country");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "966500000000", "{}", "[]", "[\"+966500000000\"]", "true", "1e99999"})
    void that_are_no_string_are_refused(String sent) {
        var answer = postPhone(sent);

        assertThat(answer.sentences()).containsExactly("phone must be a string", WRONG_PHONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"phone\":null,\"name\":\"Ahmed Ali\"}", "{\"name\":\"Ahmed Ali\"}"})
    void are_required(String body) {
        var answer = HOTEL.postContact(body);

        assertThat(answer.sentences()).containsExactly(WRONG_PHONE + "; it is required");
    }

    @Test
    void have_at_most_64_characters_as_sent() {
        var longest = "+966" + "-".repeat(51) + "500000000";

        var accepted = HOTEL.postContact(longest, "Ahmed Ali");
        var refused = HOTEL.postContact("\u200e" + longest, "Ahmed Ali");

        assertThat(accepted.data().get("phone").asString()).isEqualTo("+966500000000");
        assertThat(refused.sentences()).containsExactly(WRONG_PHONE);
    }
}
