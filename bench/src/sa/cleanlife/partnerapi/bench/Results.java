package sa.cleanlife.partnerapi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sa.cleanlife.partnerapi.bench.Figures.Load;

/** All measurements of a run so far, in the order of their rounds. */
final class Results {
    private final List<Figures> figures = new ArrayList<>();
    private final Map<String, List<Double>> others = new TreeMap<>();
    private Optional<Overload.Outcome> overload = Optional.empty();

    void add(Figures measured) {
        figures.add(measured);
    }

    /** Adds a figure that is not of a load; its name ends with the unit. */
    void add(String name, double value) {
        others.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
    }

    void add(Overload.Outcome outcome) {
        overload = Optional.of(outcome);
    }

    List<Figures> figures() {
        return List.copyOf(figures);
    }

    Map<String, List<Double>> others() {
        return others;
    }

    List<Double> others(String name) {
        return others.getOrDefault(name, List.of());
    }

    Optional<Overload.Outcome> overload() {
        return overload;
    }

    List<Figures> of(Load load) {
        return figures.stream().filter(each -> each.load().equals(load)).toList();
    }

    /** The measured loads, each once, in no particular order. */
    List<Load> loads() {
        return figures.stream().map(Figures::load).distinct().toList();
    }

    /** Requests per second in each round with such a load; of several numbers of connections the best. */
    Map<Integer, Double> bestPerSecond(Subject subject, Work work) {
        var best = new TreeMap<Integer, Double>();
        figures.stream()
                .filter(each -> each.load().subject() == subject && each.load().work() == work)
                .forEach(each -> best.merge(each.round(), each.perSecond(), Math::max));
        return best;
    }
}
