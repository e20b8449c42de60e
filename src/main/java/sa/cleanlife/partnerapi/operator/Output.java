package sa.cleanlife.partnerapi.operator;

import io.vertx.core.json.JsonObject;
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

/**
 * Prints the result of a command: as text for people, or with {@code --json} as JSON and nothing else for programs.
 * Each thing is a JSON object, whose fields are the lines or columns of the text.
 */
public final class Output {
    @Option(names = "--json", description = "Print JSON instead: one object, or one array for a list.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** Prints one thing, one field per line. */
    public void print(Json.Value thing) {
        if (json) {
            out().println(Json.write(thing));
        } else {
            var fields = fields(thing);
            int width = fields.keySet().stream().mapToInt(String::length).max().orElse(0);
            fields.forEach((name, value) -> out().println(pad(name, width) + "  " + text(value)));
        }
    }

    /** Prints things of one kind as a table, or a sentence if there are none. */
    public void print(List<? extends Json.Value> things, String whenThereIsNone) {
        if (json) {
            out().println(Json.writeArray(things));
        } else if (things.isEmpty()) {
            out().println(whenThereIsNone);
        } else {
            printTable(things.stream().map(Output::fields).toList());
        }
    }

    private static Map<String, ?> fields(Json.Value thing) {
        return new JsonObject(Json.write(thing)).getMap();
    }

    private void printTable(List<Map<String, ?>> rows) {
        var columns = List.copyOf(rows.getFirst().keySet());
        var widths = columns.stream()
                .map(column -> rows.stream()
                        .mapToInt(row -> text(row.get(column)).length())
                        .reduce(column.length(), Math::max))
                .toList();
        var header = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            header.append(pad(columns.get(i), widths.get(i))).append("  ");
        }
        out().println(header.toString().stripTrailing());
        for (var row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns.size(); i++) {
                line.append(pad(text(row.get(columns.get(i))), widths.get(i))).append("  ");
            }
            out().println(line.toString().stripTrailing());
        }
    }

    public boolean isJson() {
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
            case Map<?, ?> fields when fields.isEmpty() -> "-";
            case Map<?, ?> fields ->
                fields.entrySet().stream()
                        .map(field -> field.getKey() + "=" + text(field.getValue()))
                        .collect(Collectors.joining(" "));
            default -> value.toString();
        };
    }
}
