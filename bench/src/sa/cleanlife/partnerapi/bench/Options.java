package sa.cleanlife.partnerapi.bench;

import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;

/**
 * The command-line options; {@code bench/run} has validated them.
 *
 * @param only texts of which a measurement's name must contain one; empty for all
 */
record Options(
        int rounds, int seconds, List<String> only, boolean large, boolean peer, boolean quick, boolean profile) {
    private static final int DEFAULT_ROUNDS = 5;
    private static final int DEFAULT_SECONDS = 5;
    private static final int LEAST_SECONDS = 4;

    static Options parse(String... arguments) {
        int rounds = DEFAULT_ROUNDS;
        int seconds = DEFAULT_SECONDS;
        List<String> only = List.of();
        boolean large = true;
        boolean peer = true;
        boolean quick = false;
        boolean profile = false;
        var rest = new ArrayDeque<>(List.of(arguments));
        while (!rest.isEmpty()) {
            var option = rest.remove();
            switch (option) {
                case "--rounds" -> rounds = Integer.parseInt(rest.remove());
                case "--seconds" -> seconds = Integer.parseInt(rest.remove());
                case "--only" -> only = Stream.of(rest.remove().split(",", -1))
                        .map(String::strip)
                        .toList();
                case "--no-large" -> large = false;
                case "--no-peer" -> peer = false;
                case "--quick" -> quick = true;
                case "--profile" -> profile = true;
                default -> throw new IllegalArgumentException("there is no option " + option);
            }
        }
        return quick
                ? new Options(1, 2, only, false, false, true, profile)
                : new Options(rounds, seconds, only, large, peer && !profile, false, profile);
    }

    boolean wants(String name) {
        return only.isEmpty() || only.stream().anyMatch(name::contains);
    }

    /** The total warm-up time of one server, in seconds. */
    int warmUpSeconds() {
        return quick ? 6 : 40;
    }

    /** Whether the results are kept: a run of all measurements with enough rounds and seconds. */
    boolean isComplete() {
        return only.isEmpty()
                && !quick
                && !profile
                && large
                && peer
                && rounds >= DEFAULT_ROUNDS
                && seconds >= LEAST_SECONDS;
    }
}
