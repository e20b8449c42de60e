package sa.cleanlife.partnerapi.operator;

import java.util.List;

/** The rule for the names of partners and operators, which are typed into commands and shown in tables and logs. */
public final class NameRule {
    public static final int MAX_LENGTH = 100;
    private static final int MOST_LISTED = 10;

    private NameRule() {}

    /** The first few names, as a part of a sentence. */
    public static String listed(List<String> names) {
        var first = String.join(", ", names.subList(0, Math.min(names.size(), MOST_LISTED)));
        return names.size() > MOST_LISTED ? first + " and %d more".formatted(names.size() - MOST_LISTED) : first;
    }

    public static boolean isUsable(String name) {
        return !name.isBlank()
                && name.equals(name.strip())
                && name.length() <= MAX_LENGTH
                && name.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }
}
