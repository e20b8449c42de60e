package sa.cleanlife.partnerapi.access;

import java.text.Normalizer;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.json.Characters;
import sa.cleanlife.partnerapi.operator.NameRule;

/**
 * The name by which an operator tells a key from the partner's other keys: a text of 1 to 100 code points under the rule of
 * {@link NameRule}, or none.
 */
public record KeyLabel(Optional<String> text) {
    public static final KeyLabel NONE = new KeyLabel(Optional.empty());

    /**
     * The label that was typed, stripped of white space at both ends and composed (NFC); {@code none} stands for no label.
     * Throws {@link IllegalArgumentException} with the rule when it is not one.
     */
    static KeyLabel parse(String typed) {
        var text = Normalizer.normalize(Characters.strip(typed), Normalizer.Form.NFC);
        if (text.equals("none")) {
            return NONE;
        }
        if (!NameRule.isUsable(text)) {
            throw new IllegalArgumentException(
                    "a label has 1 to %d characters, at least one of them visible, no control characters and no unclosed change of text direction, for example booking-site; or none"
                            .formatted(NameRule.MAX_LENGTH));
        }
        return new KeyLabel(Optional.of(text));
    }
}
