package sa.cleanlife.partnerapi.http.json;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds a name that was probably meant as another one: it differs in case, hyphens or underscores, in a letter or two,
 * or has an additional word, as {@code phone_number} does for {@code phone}.
 */
public final class SimilarName {
    /** Names with other characters are not repeated in a response. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_. -]{1,40}");

    private static final int SAME = 0;
    private static final int TYPO = 1;
    private static final int LONGER = 2;
    private static final int DIFFERENT = 3;

    private SimilarName() {}

    /** Whether the other name may be meant as this one. */
    public static boolean isSimilar(String name, String other) {
        return PLAIN.matcher(other).matches() && difference(bare(name), bare(other)) < DIFFERENT;
    }

    /** The most similar of the other names, if one is similar. */
    static Optional<String> find(String name, Collection<String> others) {
        var wanted = bare(name);
        return others.stream()
                .filter(other -> isSimilar(name, other))
                .min(Comparator.<String>comparingInt(other -> difference(wanted, bare(other)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static int difference(String wanted, String other) {
        if (other.equals(wanted)) {
            return SAME;
        }
        if (isTypo(wanted, other)) {
            return TYPO;
        }
        return wanted.length() >= 4 && (other.startsWith(wanted) || other.endsWith(wanted)) ? LONGER : DIFFERENT;
    }

    /** Whether at most a quarter of the letters is wrong, missing, extra, or swapped with the next. */
    private static boolean isTypo(String wanted, String other) {
        int most = wanted.length() / 4;
        return Math.abs(wanted.length() - other.length()) <= most && distance(wanted, other) <= most;
    }

    /** The edit distance: letters to change, insert, delete or swap with the next (optimal string alignment). */
    private static int distance(String one, String other) {
        var steps = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                steps[i][j] = Math.min(Math.min(steps[i - 1][j], steps[i][j - 1]) + 1, steps[i - 1][j - 1] + change);
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
                }
            }
        }
        return steps[one.length()][other.length()];
    }
}
