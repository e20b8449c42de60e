package sa.cleanlife.partnerapi.cli;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.JsonWriter;

/** Prints what a command did: for people, or with {@code --json} for programs, who then find nothing else there. */
final class Output {
    @Option(names = "--json", description = "Print JSON instead: one object, or one array for a list.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** One thing, a field a line; the fields stand in the map's order. */
    void print(Map<String, ?> thing) {
        if (json) {
            out().println(Json.write(object -> write(thing, object)));
        } else {
            int width = thing.keySet().stream().mapToInt(String::length).max().orElse(0);
            thing.forEach((name, value) -> out().println(pad(name, width) + "  " + text(value)));
        }
    }

    /** Things of one kind as a table, or a sentence when there is none. */
    void print(List<? extends Map<String, ?>> things, String whenThereIsNone) {
        if (json) {
            out().println(Json.writeArray(things.stream()
                    .map(thing -> (Json.Value) object -> write(thing, object))
                    .toList()));
        } else if (things.isEmpty()) {
            out().println(whenThereIsNone);
        } else {
            printTable(things);
        }
    }

    private void printTable(List<? extends Map<String, ?>> things) {
        var columns = List.copyOf(things.getFirst().keySet());
        var widths = columns.stream()
                .map(column -> things.stream()
                        .mapToInt(thing -> text(thing.get(column)).length())
                        .reduce(column.length(), Math::max))
                .toList();
        var header = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            header.append(pad(columns.get(i), widths.get(i))).append("  ");
        }
        out().println(header.toString().stripTrailing());
        for (var thing : things) {
            var line = new StringBuilder();
            for (int i = 0; i < columns.size(); i++) {
                line.append(pad(text(thing.get(columns.get(i))), widths.get(i))).append("  ");
            }
            out().println(line.toString().stripTrailing());
        }
    }

    boolean isJson() {
        return json;
    }

    private PrintWriter out() {
        if (command == null) {
            throw new IllegalStateException("used outside a command");
        }
        return command.commandLine().getOut();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "-";
            case Collection<?> values when values.isEmpty() -> "-";
            case Collection<?> values -> values.stream().map(Output::text).collect(Collectors.joining(","));
            case Map<?, ?> facts when facts.isEmpty() -> "-";
            case Map<?, ?> facts ->
                facts.entrySet().stream()
                        .map(fact -> fact.getKey() + "=" + text(fact.getValue()))
                        .collect(Collectors.joining(" "));
            default -> value.toString();
        };
    }

    private static void write(Map<?, ?> fields, JsonWriter json) {
        fields.forEach((name, value) -> write(String.valueOf(name), value, json));
    }

    private static void write(String name, @Nullable Object value, JsonWriter json) {
        switch (value) {
            case null -> json.nullField(name);
            case Map<?, ?> fields -> json.object(name, object -> write(fields, object));
            case Collection<?> values ->
                json.strings(name, values.stream().map(String::valueOf).toList());
            case Boolean yes -> json.field(name, yes);
            case Integer number -> json.field(name, number);
            case Long number -> json.field(name, number);
            default -> json.field(name, value.toString());
        }
    }
}
