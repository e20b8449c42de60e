package sa.cleanlife.partnerapi.bench;

import java.util.Collection;

/** Median and the like. */
final class Statistics {
    private Statistics() {}

    static double median(Collection<? extends Number> numbers) {
        double[] sorted = sorted(numbers);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static double percentile(Collection<? extends Number> numbers, double part) {
        double[] sorted = sorted(numbers);
        return sorted[Math.min(sorted.length - 1, (int) (sorted.length * part))];
    }

    private static double[] sorted(Collection<? extends Number> numbers) {
        if (numbers.isEmpty()) {
            throw new IllegalArgumentException("there is no median of no numbers");
        }
        return numbers.stream().mapToDouble(Number::doubleValue).sorted().toArray();
    }
}
