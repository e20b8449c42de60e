package sa.cleanlife.partnerapi.operator;

import java.util.List;
import sa.cleanlife.partnerapi.http.json.Characters;

/**
 * The rule for the names of partners and operators and for the labels of keys. They are typed into commands and shown in
 * tables and logs, so a name that is invisible or changes the direction of the text after it is refused.
 */
public final class NameRule {
    /** In code points. */
    public static final int MAX_LENGTH = 100;

    /** What a name must be, as the end of the sentence that refuses one. */
    public static final String REQUIREMENTS =
            "has 1 to %d characters, at least one of them visible, no control characters, no unclosed change of text direction, and no space at either end"
                    .formatted(MAX_LENGTH);

    private static final int MOST_LISTED = 10;

    private NameRule() {}

    /** The first few names, as a part of a sentence. */
    public static String listed(List<String> names) {
        var first = String.join(", ", names.subList(0, Math.min(names.size(), MOST_LISTED)));
        return names.size() > MOST_LISTED ? first + " and %d more".formatted(names.size() - MOST_LISTED) : first;
    }

    public static boolean isUsable(String name) {
        return name.codePointCount(0, name.length()) <= MAX_LENGTH
                && name.equals(Characters.strip(name))
                && Characters.areFitForPeople(name);
    }
}
