package sa.cleanlife.partnerapi.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/** A repeatable source of randomness: the same seed and number give the same values, whatever was drawn before. */
final class SeededRandom {
    private static final String TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    private final SplittableRandom random;

    SeededRandom(long seed, long number) {
        // Mixed twice: neighbouring seeds of a SplittableRandom may give the same sequence, shifted by one.
        this.random =
                new SplittableRandom(new SplittableRandom(seed).nextLong() ^ new SplittableRandom(~number).nextLong());
    }

    /** A number from 0 to below the bound. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    @SafeVarargs
    final <T> T oneOf(T... from) {
        return from[random.nextInt(from.length)];
    }

    <T> T oneOf(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    String uuid() {
        return "%08x-%04x-%04x-%04x-%012x"
                .formatted(
                        random.nextInt(),
                        random.nextInt(1 << 16),
                        random.nextInt(1 << 16),
                        random.nextInt(1 << 16),
                        random.nextLong(1L << 48));
    }

    /** A token of letters, digits and a few other characters. */
    String token(int length) {
        return characters(TOKEN, length);
    }

    String characters(String alphabet, int length) {
        var drawn = new StringBuilder(length);
        for (var i = 0; i < length; i++) {
            drawn.append(alphabet.charAt(below(alphabet.length())));
        }
        return drawn.toString();
    }

    /** Random bytes, one character each. */
    String bytes(int length) {
        var drawn = new StringBuilder(length);
        for (var i = 0; i < length; i++) {
            drawn.append((char) below(256));
        }
        return drawn.toString();
    }

    /** The same bytes with one to four places changed, removed, repeated or inserted. */
    String mutated(String bytes) {
        var mutated = new StringBuilder(bytes);
        for (var changes = between(1, 4); changes > 0 && !mutated.isEmpty(); changes--) {
            var at = below(mutated.length());
            var end = Math.min(mutated.length(), at + between(1, 8));
            switch (below(6)) {
                case 0 -> mutated.setCharAt(at, (char) (mutated.charAt(at) ^ (1 << below(8))));
                case 1 -> mutated.setCharAt(at, (char) below(256));
                case 2 -> mutated.insert(at, bytes(between(1, 4)));
                case 3 -> mutated.delete(at, end);
                case 4 -> mutated.insert(at, mutated.substring(at, end));
                default ->
                    mutated.insert(at, oneOf("\r\n", "\r", "\n", ":", " ", "\t", "\0", ",", "%", "?", "#", "/", ";"));
            }
        }
        return mutated.toString();
    }
}
