package sa.cleanlife.partnerapi.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.OptionalDouble;

/** Writes the results of a complete run to {@code bench/results}: all measurements, and a chart. */
final class ResultsFile {
    private final Path directory;

    ResultsFile(Path root) {
        this.directory = root.resolve("bench/results");
    }

    void write(LocalDate date, Machine machine, Options options, Pgbench pgbench, Results results) {
        var json = new JsonObject()
                .put("date", date.toString())
                .put("machine", machine.toJson())
                .put("rounds", options.rounds())
                .put("seconds", options.seconds())
                .put("pgbenchScripts", new JsonArray(pgbench.chosen()))
                .put("targets", targets(results))
                .put("medians", medians(results))
                .put("measurements", measurements(results))
                .put("others", others(results));
        results.overload().ifPresent(outcome -> json.put("overload", overload(outcome)));
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(date + ".json"), json.encodePrettily() + "\n");
            Files.writeString(directory.resolve("comparison.svg"), Chart.svg(results));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonArray targets(Results results) {
        var all = new JsonArray();
        for (var target : Target.values()) {
            var median = target.median(results);
            if (median.isPresent()) {
                all.add(new JsonObject()
                        .put("what", target.label())
                        .put("target", target.bound())
                        .put("median", rounded(median.getAsDouble()))
                        .put("reached", target.isReachedBy(median.getAsDouble()))
                        .put("rounds", numbers(target.values(results))));
            }
        }
        return all;
    }

    private static JsonArray medians(Results results) {
        var all = new JsonArray();
        for (var load : results.loads()) {
            var rounds = results.of(load);
            var json = new JsonObject().put("load", load.toString());
            put(json, "perSecond", Report.median(rounds, figures -> OptionalDouble.of(figures.perSecond())));
            put(json, "p50Micros", Report.median(rounds, Figures::p50Micros));
            put(json, "p99Micros", Report.median(rounds, Figures::p99Micros));
            put(json, "processCpuMicros", Report.median(rounds, Figures::processCpuMicros));
            put(json, "databaseCpuMicros", Report.median(rounds, Figures::databaseCpuMicros));
            put(json, "allocatedBytes", Report.median(rounds, Figures::allocatedBytes));
            all.add(json);
        }
        return all;
    }

    private static JsonArray measurements(Results results) {
        var all = new JsonArray();
        for (var figures : results.figures()) {
            var json = new JsonObject()
                    .put("load", figures.load().toString())
                    .put("round", figures.round())
                    .put("requests", figures.requests())
                    .put("seconds", rounded(figures.seconds()));
            put(json, "p50Micros", figures.p50Micros());
            put(json, "p99Micros", figures.p99Micros());
            put(json, "processCpuMicros", figures.processCpuMicros());
            put(json, "databaseCpuMicros", figures.databaseCpuMicros());
            put(json, "allocatedBytes", figures.allocatedBytes());
            all.add(json);
        }
        return all;
    }

    private static JsonObject others(Results results) {
        var all = new JsonObject();
        results.others().forEach((name, values) -> all.put(name, numbers(values)));
        return all;
    }

    private static JsonObject overload(Overload.Outcome storm) {
        var json = new JsonObject()
                .put("capacityPerSecond", rounded(storm.capacity()))
                .put("offeredPerSecond", rounded(storm.offered()))
                .put("sentPerSecond", rounded(storm.sent()))
                .put("accepted", storm.accepted())
                .put("refused", storm.refused())
                .put("notSent", storm.notSent())
                .put("unacknowledged", storm.unacknowledged())
                .put("acceptedP99Millis", rounded(storm.acceptedP99Millis()))
                .put("refusedP99Millis", rounded(storm.refusedP99Millis()))
                .put("memoryBeforeMegabytes", rounded(storm.memoryBefore()))
                .put("memoryMostMegabytes", rounded(storm.memoryMost()))
                .put("memoryAfterMegabytes", rounded(storm.memoryAfter()));
        storm.fullSpeedAfterMillis().ifPresent(millis -> json.put("fullSpeedAfterMillis", millis));
        return json;
    }

    private static void put(JsonObject json, String name, OptionalDouble value) {
        value.ifPresent(known -> json.put(name, rounded(known)));
    }

    private static JsonArray numbers(Iterable<Double> values) {
        var all = new JsonArray();
        values.forEach(value -> all.add(rounded(value)));
        return all;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
