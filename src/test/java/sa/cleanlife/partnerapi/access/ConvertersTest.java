package sa.cleanlife.partnerapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** The accepted values of the options for an expiry, an overlap and a limit. */
class ConvertersTest {
    private static final String DURATION = "a duration is a positive number and d, h or m, for example 90d, 12h or 30m";

    @Nested
    class Expiries {
        private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

        private final ExpiryConverter converter = new ExpiryConverter();

        @ParameterizedTest
        @CsvSource({"90d, PT2160H", "12h, PT12H", "30m, PT30M", "1m, PT1M", "3650d, PT87600H", "5256000m, PT87600H"})
        void are_days_hours_or_minutes(String text, Duration duration) {
            assertThat(converter.convert(text).from(NOW)).contains(NOW.plus(duration));
        }

        @Test
        void may_be_a_time_with_its_offset_or_never_instead() {
            assertThat(converter.convert("2027-06-30T00:00:00+03:00").from(NOW))
                    .contains(Instant.parse("2027-06-29T21:00:00Z"));
            assertThat(converter.convert("never").from(NOW)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "0d",
                    "00d",
                    "-1d",
                    "+1d",
                    "5y",
                    "1.5d",
                    "90",
                    "d",
                    "abc",
                    "90 d",
                    "90D",
                    "P90D",
                    "٩d",
                    "9999999999d",
                    "2027-06-30",
                    "2027-06-30T00:00:00",
                    "2027-02-30T00:00:00Z"
                })
        void have_no_other_form(String text) {
            assertThatExceptionOfType(TypeConversionException.class)
                    .isThrownBy(() -> converter.convert(text))
                    .withMessage(DURATION + "; a time is written like 2027-06-30T00:00:00+03:00");
        }

        @ParameterizedTest
        @ValueSource(strings = {"3651d", "99999999d", "999999999d", "87601h", "5256001m"})
        void are_ten_years_at_most(String text) {
            assertThatExceptionOfType(TypeConversionException.class)
                    .isThrownBy(() -> converter.convert(text))
                    .withMessage("a duration is at most 3650d, for example 90d");
        }
    }

    @Nested
    class Overlaps {
        private final ExpiryConverter.Overlap converter = new ExpiryConverter.Overlap();

        @ParameterizedTest
        @CsvSource({"24h, PT24H", "7d, PT168H", "0, PT0S"})
        void are_durations_or_none_at_all(String text, Duration duration) {
            assertThat(converter.convert(text)).isEqualTo(duration);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "24", "-1h", "00", "0h", "never", "2027-06-30T00:00:00+03:00"})
        void have_no_other_form(String text) {
            assertThatExceptionOfType(TypeConversionException.class)
                    .isThrownBy(() -> converter.convert(text))
                    .withMessage(DURATION + ", or 0");
        }
    }

    @Nested
    class Limits {
        private final KeyRuleOptions.LimitConverter converter = new KeyRuleOptions.LimitConverter();

        @Test
        void are_whole_numbers_or_none() {
            assertThat(converter.convert("1").number()).contains(1);
            assertThat(converter.convert("1000000").number()).contains(1_000_000);
            assertThat(converter.convert("none").number()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"", "-1", "+5", "1.5", "1e3", "007", "1,000", "٦", "1000001", "9999999999", "None", "many"})
        void have_no_other_form(String text) {
            assertThatExceptionOfType(TypeConversionException.class)
                    .isThrownBy(() -> converter.convert(text))
                    .withMessage("a limit is a whole number from 1 to 1000000, for example 600, or none");
        }
    }
}
