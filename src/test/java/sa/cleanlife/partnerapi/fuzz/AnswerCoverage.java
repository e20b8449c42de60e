package sa.cleanlife.partnerapi.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Counts how often a fuzz test saw each kind of outcome. It prints the counts at the end, and fails when the seeds do
 * not reach every kind: a target that rejects all input would meet every other check.
 */
public final class AnswerCoverage implements BeforeAllCallback, AfterAllCallback {
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private long startedNanos;

    public AnswerCoverage(String... kinds) {
        Arrays.stream(kinds).forEach(kind -> counts.put(kind, 0L));
    }

    public void saw(String kind) {
        if (counts.computeIfPresent(kind, (same, count) -> count + 1) == null) {
            throw new IllegalArgumentException(kind + " is no kind of answer of this test");
        }
    }

    @Override
    public void beforeAll(ExtensionContext test) {
        startedNanos = System.nanoTime();
    }

    @Override
    public void afterAll(ExtensionContext test) {
        var seconds = Duration.ofNanos(System.nanoTime() - startedNanos).toMillis() / 1000.0;
        var all = counts.values().stream().mapToLong(Long::longValue).sum();
        var kinds = counts.entrySet().stream()
                .map(kind -> "%,d %s".formatted(kind.getValue(), kind.getKey()))
                .collect(Collectors.joining(", "));
        System.out.printf("%s: %,d inputs in %.1f s: %s%n", test.getDisplayName(), all, seconds, kinds);
        assertThat(counts)
                .allSatisfy((kind, count) -> assertThat(count).as(kind).isPositive());
    }
}
