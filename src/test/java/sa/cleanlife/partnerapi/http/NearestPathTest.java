package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much is compared to find the path that was meant; which one is found, {@code EnvelopeTest} tells. */
class NearestPathTest {
    private int comparisons;

    private final NearestPath nearest = new NearestPath((wanted, sent) -> {
        comparisons++;
        return false;
    });

    NearestPathTest() {
        nearest.add("/");
        nearest.add("/docs");
        nearest.add("/v1/partners/contacts");
        nearest.add("/v1/partners/contacts/{contactId}");
    }

    @ParameterizedTest
    @CsvSource({"/x, 7", "/x/x/x, 21", "/x/x/x/x/x, 35"})
    void compares_each_word_of_the_path_with_each_of_the_patterns_once(String path, int most) {
        nearest.find(path);

        assertThat(comparisons).isEqualTo(most);
    }

    @Test
    void compares_nothing_of_a_path_with_two_segments_more_than_any_pattern() {
        assertThat(nearest.find("/x/x/v1/partners/contacts/5")).isEmpty();

        assertThat(comparisons).isZero();
    }
}
