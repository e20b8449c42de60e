package sa.cleanlife.partnerapi.contacts;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A text that the gate does not take for a phone number. Where it plainly is a Saudi number in another form, it knows the
 * string to send instead, which the gate takes as it is. It does not keep the text.
 */
public final class RefusedPhone implements ParsedPhone {
    static final RefusedPhone WITHOUT_SUGGESTION = new RefusedPhone(null);

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

    /** Tells the partner what to send. It may hold a person's number, so it goes into the answer and never into a log. */
    public String sentence(String field) {
        var rule = field + " must be a valid phone number in international form";
        return suggestion == null ? rule + ", for example +966500000000" : rule + "; send " + suggestion.e164();
    }

    @Override
    public String toString() {
        return "RefusedPhone(hidden)";
    }
}
