package sa.cleanlife.partnerapi.contacts;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.http.json.Sentence;
import sa.cleanlife.partnerapi.http.json.StringRule;

/**
 * A text that the gate does not take for a phone number. Where it plainly is a Saudi number in another form, it knows the
 * string to send instead, which the gate takes as it is. It does not keep the text.
 */
public final class RefusedPhone implements ParsedPhone {
    static final RefusedPhone WITHOUT_SUGGESTION = new RefusedPhone(null);

    static final Sentence RULE = new Sentence(
            "%s must be a valid phone number in international form, for example +966500000000",
            "%s يجب أن يكون رقم هاتف صحيحًا بالصيغة الدولية، مثل \u200E+966500000000");

    private static final Sentence SEND = new Sentence(
            "%s must be a valid phone number in international form; send %s",
            "%s يجب أن يكون رقم هاتف صحيحًا بالصيغة الدولية؛ أرسل \u200E%s");

    private final @Nullable PhoneNumber suggestion;

    private RefusedPhone(@Nullable PhoneNumber suggestion) {
        this.suggestion = suggestion;
    }

    static RefusedPhone suggesting(PhoneNumber number) {
        return new RefusedPhone(number);
    }

    public Optional<PhoneNumber> suggestion() {
        return Optional.ofNullable(suggestion);
    }

    /** Tells the partner what to send. That may be a person's number, so it goes into the answer and never into a log. */
    void tell(StringRule.Refusal refusal) {
        if (suggestion == null) {
            refusal.because(RULE);
        } else {
            refusal.because(SEND, suggestion.e164());
        }
    }

    @Override
    public String toString() {
        return "RefusedPhone(hidden)";
    }
}
