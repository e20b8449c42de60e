package sa.cleanlife.partnerapi.contacts;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.http.json.Sentence;
import sa.cleanlife.partnerapi.http.json.StringRule;

/**
 * The rejection of a text that is not a phone number by the rule. If the text plainly is a Saudi number in another
 * form, it suggests the form to send, which is accepted as it is. It does not keep the text.
 */
public final class InvalidPhone implements PhoneParseResult {
    static final Sentence RULE = new Sentence(
            "%s must be a valid phone number in international form, for example +966500000000",
            "%s يجب أن يكون رقم هاتف صحيحًا بالصيغة الدولية، مثل \u200E+966500000000");

    private static final Sentence SEND = new Sentence(
            "%s must be a valid phone number in international form; send %s",
            "%s يجب أن يكون رقم هاتف صحيحًا بالصيغة الدولية؛ أرسل \u200E%s");

    private static final Sentence SAUDI = new Sentence(
            "%s must be a valid phone number in international form and a Saudi one, for example +966500000000; this is a number of another country",
            "%s يجب أن يكون رقم هاتف صحيحًا بالصيغة الدولية وأن يكون سعوديًّا، مثل \u200E+966500000000؛ وهذا رقم تابع لدولة أخرى");

    static final InvalidPhone WITHOUT_SUGGESTION = new InvalidPhone(null, RULE);
    static final InvalidPhone OF_ANOTHER_COUNTRY = new InvalidPhone(null, SAUDI);

    private final @Nullable PhoneNumber suggestion;
    private final Sentence sentence;

    private InvalidPhone(@Nullable PhoneNumber suggestion, Sentence sentence) {
        this.suggestion = suggestion;
        this.sentence = sentence;
    }

    static InvalidPhone suggesting(PhoneNumber number) {
        return new InvalidPhone(number, SEND);
    }

    public Optional<PhoneNumber> suggestion() {
        return Optional.ofNullable(suggestion);
    }

    /**
     * Adds the sentence for the partner. The suggestion may be a person's number, so it goes into the response and
     * never into a log.
     */
    void tell(StringRule.Refusal refusal) {
        if (suggestion == null) {
            refusal.because(sentence);
        } else {
            refusal.because(sentence, suggestion.e164());
        }
    }

    @Override
    public String toString() {
        return "InvalidPhone(hidden)";
    }
}
