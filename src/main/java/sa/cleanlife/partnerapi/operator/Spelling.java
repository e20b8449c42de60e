package sa.cleanlife.partnerapi.operator;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that was probably meant by an unknown one: "did you mean …?" */
public final class Spelling {
    private static final int FEWEST_LETTERS = 3;

    private Spelling() {}

    /**
     * The nearest known word; empty if none is near. A word is near with at most one typing error for every three
     * letters, or if one of the two words is the beginning of the other.
     */
    public static Optional<String> nearest(String typed, Collection<String> known) {
        return known.stream()
                .filter(word -> isNear(typed, word))
                .min(Comparator.comparingInt(word -> distance(typed, word)));
    }

    private static boolean isNear(String typed, String word) {
        int shorter = Math.min(typed.length(), word.length());
        int longer = Math.max(typed.length(), word.length());
        return distance(typed, word) <= longer / 3
                || (shorter >= FEWEST_LETTERS && typed.regionMatches(true, 0, word, 0, shorter));
    }

    /**
     * The number of letters to add, remove, replace or swap with the next one to make one word of the other, ignoring
     * case.
     */
    private static int distance(String from, String to) {
        var a = from.toLowerCase(Locale.ROOT);
        var b = to.toLowerCase(Locale.ROOT);
        var distances = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    distances[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                distances[i][j] = Math.min(
                        distances[i - 1][j - 1] + (same ? 0 : 1),
                        Math.min(distances[i - 1][j], distances[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    distances[i][j] = Math.min(distances[i][j], distances[i - 2][j - 2] + 1);
                }
            }
        }
        return distances[a.length()][b.length()];
    }
}
