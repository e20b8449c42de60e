package sa.cleanlife.partnerapi.contacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static sa.cleanlife.partnerapi.contacts.PhoneNumberTest.answerTo;

import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Properties of the phone number parser for random texts. {@code -Dphone.seed=…} repeats a run. */
class PhoneNumberPropertyTest {
    private static final long SEED = Long.getLong("phone.seed", new SplittableRandom().nextLong());

    @BeforeAll
    static void print_the_seed() {
        System.out.println("phone.seed=" + SEED);
    }

    @Test
    void every_text_is_accepted_or_refused_and_throws_nothing() {
        var seen = new Tally();

        forMany(100_000, PhoneTexts::any, text -> seen.count(PhoneNumber.parse(text)));

        // The test proves something only if the generator reaches all three outcomes.
        assertThat(seen.accepted).as("accepted").isGreaterThan(5_000);
        assertThat(seen.suggested).as("refused with a suggestion").isGreaterThan(5_000);
        assertThat(seen.refused).as("refused without a suggestion").isGreaterThan(5_000);
    }

    @Test
    void what_is_accepted_or_suggested_is_e164_and_stays_the_same_when_parsed_again() {
        forMany(50_000, PhoneTexts::any, text -> {
            var number = switch (PhoneNumber.parse(text)) {
                case PhoneNumber accepted -> Optional.of(accepted);
                case InvalidPhone refused -> refused.suggestion();
            };
            number.map(PhoneNumber::e164).ifPresent(e164 -> {
                assertThat(e164).matches(PhoneRule.E164);
                assertThat(answerTo(e164)).isEqualTo(e164);
            });
        });
    }

    @Test
    void a_decorated_number_is_the_number() {
        forMany(20_000, random -> new Case(PhoneTexts.number(random), random.split()), drawn -> {
            var decorated = PhoneTexts.decorated(drawn.number, drawn.random);
            var isAccepted = PhoneNumber.parse(drawn.number) instanceof PhoneNumber;

            assertThat(PhoneNumber.parse(decorated) instanceof PhoneNumber).isEqualTo(isAccepted);
            // For a rejected number that ends in .0, as spreadsheets write it, the number without .0 is suggested.
            if (isAccepted) {
                assertThat(answerTo(decorated)).isEqualTo(answerTo(drawn.number));
            }
        });
    }

    @Test
    void a_number_with_white_space_anywhere_is_suggested_without_it() {
        forMany(20_000, random -> new Case(PhoneTexts.mobile(random), random.split()), drawn -> {
            var decorated = PhoneTexts.decorated(drawn.number, drawn.random);
            var spaced = PhoneTexts.withWhiteSpace(decorated, drawn.random);

            assertThat(answerTo(spaced)).isEqualTo("send " + drawn.number);
        });
    }

    @Test
    void apart_from_mobiles_exactly_the_numbers_valid_in_libphonenumber_are_accepted() {
        forMany(30_000, PhoneTexts::number, text -> {
            var isAccepted = PhoneNumber.parse(text) instanceof PhoneNumber number
                    && number.e164().equals(text);

            assertThat(isAccepted)
                    .isEqualTo(PhoneRule.MOBILE.matcher(text).matches() || PhoneRule.isValidForLibrary(text));
        });
    }

    @Test
    void accepts_what_the_rule_says_step_by_step() {
        forMany(60_000, PhoneTexts::any, text -> {
            var accepted = Optional.of(answerTo(text)).filter(answer -> answer.startsWith("+"));

            assertThat(accepted).isEqualTo(PhoneRule.accepted(text));
        });
    }

    private static <T> void forMany(int count, Function<SplittableRandom, T> generator, Consumer<T> property) {
        var random = new SplittableRandom(SEED);
        for (var i = 0; i < count; i++) {
            var drawn = generator.apply(random);
            try {
                property.accept(drawn);
            } catch (Throwable broken) {
                fail(
                        "-Dphone.seed=" + SEED + " generates, as text number " + i + ", " + escaped(drawn.toString()),
                        broken);
            }
        }
    }

    /** Printable: invisible characters and unpaired surrogates become escapes. */
    private static String escaped(String text) {
        var shown = new StringBuilder("\"");
        text.chars()
                .forEach(c -> shown.append(
                        c >= ' ' && c <= '~' ? Character.toString(c) : String.format(Locale.ROOT, "\\u%04X", c)));
        return shown.append('"').toString();
    }

    private record Case(String number, SplittableRandom random) {
        @Override
        public String toString() {
            return number;
        }
    }

    private static final class Tally {
        private int accepted;
        private int suggested;
        private int refused;

        void count(PhoneParseResult answer) {
            switch (answer) {
                case PhoneNumber _ -> accepted++;
                case InvalidPhone phone when phone.suggestion().isPresent() -> suggested++;
                case InvalidPhone _ -> refused++;
            }
        }
    }
}
