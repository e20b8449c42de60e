package sa.cleanlife.partnerapi.faults;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.random.RandomGenerator;
import sa.cleanlife.partnerapi.faults.Relay.Direction;

/**
 * A sequence of faults with their parameters. A file named like the schedule gives the number of each kind; everything
 * else is drawn from the seed, so the same seed gives the same schedule.
 *
 * @param calls the least number of requests, even if the faults are over before
 */
record FaultSchedule(String name, long seed, long calls, List<Strike> strikes) {
    private static final String CALLS = "calls";

    /**
     * One fault.
     *
     * @param node 0 or 1, the node whose process or network it is; unused for the database
     * @param pause how long the service runs before it
     * @param lead how long before it new phones are requested, so that it strikes while contacts are created
     * @param lasts its duration, where it does not end by itself
     * @param latency of a delayed network
     * @param direction of a half-closed network
     */
    record Strike(
            Fault fault,
            int node,
            Duration pause,
            Duration lead,
            Duration lasts,
            Duration latency,
            Direction direction) {
        static Strike draw(Fault fault, RandomGenerator random) {
            return new Strike(
                    fault,
                    random.nextInt(2),
                    Duration.ofMillis(random.nextInt(300, 1_000)),
                    Duration.ofMillis(random.nextInt(60)),
                    fault == Fault.FREEZE_DATABASE
                            ? Duration.ofSeconds(3)
                            : Duration.ofMillis(random.nextInt(200, 2_500)),
                    Duration.ofMillis(random.nextInt(20, 700)),
                    random.nextBoolean() ? Direction.TO_SERVER : Direction.TO_CLIENT);
        }
    }

    /** Reads a schedule; throws with a sentence when there is no file of this name. */
    static FaultSchedule of(String name, long seed) {
        var counts = new Properties();
        try (var file = FaultSchedule.class.getResourceAsStream("/faults/" + name + ".properties")) {
            if (file == null) {
                throw new IllegalArgumentException(
                        "There is no schedule " + name + "; each is a file in src/test/resources/faults.");
            }
            counts.load(new InputStreamReader(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var calls = number(CALLS, counts.getProperty(CALLS, "0"));
        counts.remove(CALLS);
        var faults = new ArrayList<Fault>();
        counts.stringPropertyNames().stream().sorted().forEach(word -> {
            var fault = Fault.of(word);
            faults.addAll(Collections.nCopies((int) number(word, counts.getProperty(word)), fault));
        });
        Collections.sort(faults);
        var random = new Random(seed);
        Collections.shuffle(faults, random);
        return new FaultSchedule(
                name,
                seed,
                calls,
                faults.stream().map(fault -> Strike.draw(fault, random)).toList());
    }

    private static long number(String name, String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s must be a whole number, and is %s.".formatted(name, text), e);
        }
    }

    /** Parses a seed; throws with a sentence when it is not a number. */
    static long seed(String text) {
        return text.isEmpty() ? new Random().nextInt(Integer.MAX_VALUE) : number("faults.seed", text);
    }
}
