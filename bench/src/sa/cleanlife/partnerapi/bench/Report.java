package sa.cleanlife.partnerapi.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;

/** Prints the results of a run. */
final class Report {
    private final Results results;
    private final PrintStream out;

    Report(Results results, PrintStream out) {
        this.results = results;
        this.out = out;
    }

    void print(Machine machine) {
        out.println();
        machine.lines().forEach(out::println);
        printLoads();
        printOthers();
        results.overload().ifPresent(this::printOverload);
        printTargets();
    }

    private void printLoads() {
        if (results.loads().isEmpty()) {
            return;
        }
        out.println();
        line(
                "%-22s %12s %9s %9s %14s %14s %12s",
                "median of the rounds", "requests/s", "p50 ms", "p99 ms", "CPU us/request", "of PostgreSQL", "alloc B");
        for (var load : results.loads()) {
            var rounds = results.of(load);
            line(
                    "%-22s %12s %9s %9s %14s %14s %12s",
                    load,
                    number("%,.0f", median(rounds, figures -> OptionalDouble.of(figures.perSecond()))),
                    number("%.2f", millis(median(rounds, Figures::p50Micros))),
                    number("%.2f", millis(median(rounds, Figures::p99Micros))),
                    number("%.1f", median(rounds, Figures::processCpuMicros)),
                    number("%.1f", median(rounds, Figures::databaseCpuMicros)),
                    number("%,.0f", median(rounds, Figures::allocatedBytes)));
        }
    }

    private void printOthers() {
        if (!results.others().isEmpty()) {
            out.println();
        }
        for (Map.Entry<String, List<Double>> other : results.others().entrySet()) {
            var values = other.getValue();
            line(
                    "%-55s %12s   (%s to %s)",
                    other.getKey(),
                    number(Statistics.median(values)),
                    number(values.stream()
                            .mapToDouble(Double::doubleValue)
                            .min()
                            .orElseThrow()),
                    number(values.stream()
                            .mapToDouble(Double::doubleValue)
                            .max()
                            .orElseThrow()));
        }
    }

    private void printOverload(Overload.Outcome storm) {
        out.println();
        line("Overload with a slow database: capacity %,.0f new contacts/s", storm.capacity());
        line(
                "  offered %,.0f/s, sent %,.0f/s; %,d due while all connections were busy and never sent",
                storm.offered(), storm.sent(), storm.notSent());
        line(
                "  200: %,d, p99 %.1f ms; 503: %,d, p99 %.1f ms",
                storm.accepted(), storm.acceptedP99Millis(), storm.refused(), storm.refusedP99Millis());
        line("  created without an acknowledgement: %,d", storm.unacknowledged());
        line(
                "  memory %.0f MB before, %.0f MB at most, %.0f MB after",
                storm.memoryBefore(), storm.memoryMost(), storm.memoryAfter());
        line(
                "  full speed after %s",
                storm.fullSpeedAfterMillis().isPresent()
                        ? storm.fullSpeedAfterMillis().getAsLong() + " ms"
                        : "the measured time");
    }

    private void printTargets() {
        if (Stream.of(Target.values()).allMatch(target -> target.values(results).isEmpty())) {
            return;
        }
        out.println();
        line("%-45s %9s %9s %9s %9s", "ratio within a round", "median", "least", "most", "target");
        for (var target : Target.values()) {
            var values = target.values(results);
            if (!values.isEmpty()) {
                double median = Statistics.median(values);
                line(
                        "%-45s %9s %9s %9s %9s %s",
                        target.label(),
                        number(median),
                        number(values.stream()
                                .mapToDouble(Double::doubleValue)
                                .min()
                                .orElseThrow()),
                        number(values.stream()
                                .mapToDouble(Double::doubleValue)
                                .max()
                                .orElseThrow()),
                        target.bound(),
                        target.isReachedBy(median) ? "reached" : "MISSED");
            }
        }
    }

    static OptionalDouble median(List<Figures> rounds, Function<Figures, OptionalDouble> value) {
        var known = rounds.stream()
                .map(value)
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .toList();
        return known.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Statistics.median(known));
    }

    private static OptionalDouble millis(OptionalDouble micros) {
        return micros.isPresent() ? OptionalDouble.of(micros.getAsDouble() / 1e3) : micros;
    }

    private static String number(String format, OptionalDouble value) {
        return value.isPresent() ? Progress.format(format, value.getAsDouble()) : "";
    }

    private static String number(double value) {
        return Progress.format(value < 100 ? "%.2f" : "%,.0f", value);
    }

    private void line(String format, Object... arguments) {
        out.println(Progress.format(format, arguments).stripTrailing());
    }
}
