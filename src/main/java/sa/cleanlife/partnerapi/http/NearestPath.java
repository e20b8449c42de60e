package sa.cleanlife.partnerapi.http;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.json.SimilarName;

/**
 * Finds the path that a client probably meant when the requested path does not exist: a path with one segment fewer or
 * more, or with a mistyped segment. The last literal segment of the pattern must be present, at least nearly. The
 * result is a pattern and repeats nothing that was sent.
 */
final class NearestPath {
    private static final int MOST_SEGMENTS = 12;

    private static final int EMPTY_SEGMENT = 1;
    private static final int MISTYPED = 1;
    private static final int MISSING_OR_ADDED = 2;
    private static final int ANOTHER = 4;
    private static final int TOO_FAR = 5;
    private static final int NEVER = 100;

    private NearestPath() {}

    static Optional<String> find(String path, Collection<String> patterns) {
        var sent = segments(path);
        return sent.size() > MOST_SEGMENTS
                ? Optional.empty()
                : patterns.stream()
                        .filter(pattern -> !pattern.equals("/"))
                        .filter(pattern -> distance(sent, segments(pattern)) < TOO_FAR)
                        .min(Comparator.<String>comparingInt(pattern -> distance(sent, segments(pattern)))
                                .thenComparing(Comparator.naturalOrder()));
    }

    private static List<String> segments(String path) {
        return List.of((path.startsWith("/") ? path.substring(1) : path).split("/", MOST_SEGMENTS + 1));
    }

    /** The edit distance between the segments of the sent path and the pattern. */
    private static int distance(List<String> sent, List<String> pattern) {
        int lastWord = lastWord(pattern);
        var costs = new int[sent.size() + 1][pattern.size() + 1];
        for (int i = 0; i <= sent.size(); i++) {
            for (int j = 0; j <= pattern.size(); j++) {
                costs[i][j] = i == 0 && j == 0 ? 0 : NEVER;
                if (i > 0) {
                    int added = sent.get(i - 1).isEmpty() ? EMPTY_SEGMENT : MISSING_OR_ADDED;
                    costs[i][j] = Math.min(costs[i][j], costs[i - 1][j] + added);
                }
                if (j > 0) {
                    int missing = j - 1 == lastWord ? NEVER : MISSING_OR_ADDED;
                    costs[i][j] = Math.min(costs[i][j], costs[i][j - 1] + missing);
                }
                if (i > 0 && j > 0) {
                    int change = change(sent.get(i - 1), pattern.get(j - 1), j - 1 == lastWord);
                    costs[i][j] = Math.min(costs[i][j], costs[i - 1][j - 1] + change);
                }
            }
        }
        return costs[sent.size()][pattern.size()];
    }

    private static int lastWord(List<String> pattern) {
        int last = pattern.size() - 1;
        while (last > 0 && Resource.isParameter(pattern.get(last))) {
            last--;
        }
        return last;
    }

    private static int change(String sent, String wanted, boolean isLastWord) {
        if (Resource.isParameter(wanted)) {
            return sent.isEmpty() ? NEVER : 0;
        }
        if (sent.equals(wanted)) {
            return 0;
        }
        if (SimilarName.isSimilar(wanted, sent)) {
            return MISTYPED;
        }
        return isLastWord ? NEVER : ANOTHER;
    }
}
