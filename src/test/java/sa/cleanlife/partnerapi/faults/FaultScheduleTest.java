package sa.cleanlife.partnerapi.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.faults.FaultSchedule.Strike;

class FaultScheduleTest {
    @Test
    void is_the_same_for_the_same_seed() {
        assertThat(FaultSchedule.of("long", 42)).isEqualTo(FaultSchedule.of("long", 42));
    }

    @Test
    void is_another_for_another_seed() {
        assertThat(FaultSchedule.of("long", 42).strikes())
                .isNotEqualTo(FaultSchedule.of("long", 43).strikes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "long"})
    void has_every_fault(String name) {
        var faults = new HashSet<Fault>();
        FaultSchedule.of(name, 42).strikes().stream().map(Strike::fault).forEach(faults::add);

        assertThat(faults).containsExactlyInAnyOrder(Fault.values());
    }

    @Test
    void of_the_long_run_has_a_hundred_faults_and_a_million_calls_at_least() {
        var schedule = FaultSchedule.of("long", 42);

        assertThat(schedule.strikes()).hasSizeGreaterThanOrEqualTo(100);
        assertThat(schedule.calls()).isGreaterThanOrEqualTo(1_000_000);
    }

    @Test
    void that_does_not_exist_is_refused_with_a_sentence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FaultSchedule.of("lang", 42))
                .withMessage("There is no schedule lang; each is a file in src/test/resources/faults.");
    }

    @Test
    void with_a_fault_that_does_not_exist_is_refused_with_all_that_do() {
        var message = assertThatIllegalArgumentException().isThrownBy(() -> Fault.of("kill-everybody"));

        message.withMessageStartingWith("There is no fault kill-everybody; there are kill-node, ");
        Arrays.stream(Fault.values()).forEach(fault -> message.withMessageContaining(fault.word()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"seed", "1.5", "99999999999999999999"})
    void with_a_seed_that_is_no_number_is_refused_with_a_sentence(String seed) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FaultSchedule.seed(seed))
                .withMessage("faults.seed must be a whole number, and is " + seed + ".");
    }
}
