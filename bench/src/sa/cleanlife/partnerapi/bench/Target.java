package sa.cleanlife.partnerapi.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import sa.cleanlife.partnerapi.bench.Figures.Load;

/**
 * The performance targets. Ratios are taken within a round, so that a temporary slowdown of the machine cancels out.
 */
@SuppressWarnings("ImmutableEnumChecker") // a function without state
enum Target {
    EXISTING_TO_PGBENCH(
            "existing phones, server / best pgbench",
            AtLeast.YES,
            0.8,
            results -> ratios(
                    at64(results, Subject.SERVER, Work.EXISTING),
                    results.bestPerSecond(Subject.PGBENCH, Work.EXISTING))),
    NEW_TO_PGBENCH(
            "new phones, server / best pgbench",
            AtLeast.YES,
            1.7,
            results ->
                    ratios(at64(results, Subject.SERVER, Work.NEW), results.bestPerSecond(Subject.PGBENCH, Work.NEW))),
    EXISTING_TO_PEER(
            "existing phones, server / peer",
            AtLeast.YES,
            4,
            results ->
                    ratios(at64(results, Subject.SERVER, Work.EXISTING), at64(results, Subject.PEER, Work.EXISTING))),
    NEW_TO_PEER(
            "new phones, server / peer",
            AtLeast.YES,
            7,
            results -> ratios(at64(results, Subject.SERVER, Work.NEW), at64(results, Subject.PEER, Work.NEW))),
    EXISTING_TO_CEILING(
            "existing phones, server / ceiling",
            AtLeast.YES,
            0.75,
            results -> ratios(
                    at64(results, Subject.SERVER, Work.EXISTING), at64(results, Subject.CEILING, Work.EXISTING))),
    P99_TO_PEER(
            "p99 of existing phones, peer / server",
            AtLeast.YES,
            10,
            results -> ratios(p99(results, Subject.PEER), p99(results, Subject.SERVER))),
    OPEN_LOOP_TO_PGBENCH(
            "open-loop p99, server / pgbench",
            AtLeast.NO,
            3,
            results -> ratios(results.others(OpenLoopRounds.SERVER), results.others(OpenLoopRounds.PGBENCH))),
    LARGE_TO_SMALL(
            "existing phones of 10,000,000 / of 10,000",
            AtLeast.YES,
            0.9,
            results -> ratios(results.others(LargeTable.LARGE), results.others(LargeTable.SMALL))),
    MEMORY("memory after the load, MB", AtLeast.NO, 250, results -> results.others(Rounds.SERVER_MEMORY)),
    START("start to the first 200, s", AtLeast.NO, 0.7, results -> results.others(Starts.SECONDS)),
    OVERLOAD_P99(
            "overload, p99 of the accepted, ms",
            AtLeast.NO,
            250,
            results -> results.overload().stream()
                    .map(Overload.Outcome::acceptedP99Millis)
                    .toList()),
    OVERLOAD_REFUSED_P99(
            "overload, p99 of the refused, ms",
            AtLeast.NO,
            250,
            results -> results.overload().stream()
                    .map(Overload.Outcome::refusedP99Millis)
                    .toList()),
    OVERLOAD_MEMORY(
            "overload, memory at most / before",
            AtLeast.NO,
            1.2,
            results -> results.overload().stream()
                    .map(storm -> storm.memoryMost() / storm.memoryBefore())
                    .toList()),
    OVERLOAD_SENT(
            "overload, sent / offered",
            AtLeast.YES,
            0.9,
            results -> results.overload().stream()
                    .map(storm -> storm.sent() / storm.offered())
                    .toList()),
    FLAT_OUT_P99(
            "2,000 connections flat out, p99 of 200, ms",
            AtLeast.NO,
            250,
            results -> results.others(Overload.FLAT_OUT_P99)),
    OVERLOAD_END(
            "overload, until full speed after it, ms",
            AtLeast.NO,
            1000,
            results -> results.overload().stream()
                    .map(Overload.Outcome::millisToFullSpeed)
                    .toList());

    private enum AtLeast {
        YES,
        NO
    }

    private final String label;
    private final AtLeast atLeast;
    private final double bound;
    private final Function<Results, List<Double>> values;

    Target(String label, AtLeast atLeast, double bound, Function<Results, List<Double>> values) {
        this.label = label;
        this.atLeast = atLeast;
        this.bound = bound;
        this.values = values;
    }

    String label() {
        return label;
    }

    String bound() {
        return (atLeast == AtLeast.YES ? ">= " : "<= ")
                + BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
    }

    /** One value for each round; empty when it was not measured. */
    List<Double> values(Results results) {
        return values.apply(results);
    }

    OptionalDouble median(Results results) {
        var all = values(results);
        return all.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Statistics.median(all));
    }

    boolean isReachedBy(double value) {
        return atLeast == AtLeast.YES ? value >= bound : value <= bound;
    }

    private static Map<Integer, Double> at64(Results results, Subject subject, Work work) {
        return byRound(results, new Load(subject, work, Rounds.CONNECTIONS), Figures::perSecond);
    }

    private static Map<Integer, Double> p99(Results results, Subject subject) {
        return byRound(
                results,
                new Load(subject, Work.EXISTING, Rounds.CONNECTIONS),
                figures -> figures.p99Micros().orElseThrow());
    }

    private static Map<Integer, Double> byRound(Results results, Load load, Function<Figures, Double> value) {
        var values = new TreeMap<Integer, Double>();
        results.of(load).forEach(figures -> values.put(figures.round(), value.apply(figures)));
        return values;
    }

    private static List<Double> ratios(Map<Integer, Double> numerators, Map<Integer, Double> denominators) {
        var ratios = new ArrayList<Double>();
        numerators.forEach((round, numerator) -> {
            if (denominators.containsKey(round)) {
                ratios.add(numerator / denominators.getOrDefault(round, Double.NaN));
            }
        });
        return ratios;
    }

    private static List<Double> ratios(List<Double> numerators, List<Double> denominators) {
        return IntStream.range(0, Math.min(numerators.size(), denominators.size()))
                .mapToObj(i -> numerators.get(i) / denominators.get(i))
                .toList();
    }
}
