import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Merges the API description from a base {@code openapi.yaml} and one {@code openapi.yaml} per feature. The entries of a
 * feature's lists and maps ({@code tags}, {@code paths}, and those of {@code components}) are appended to the base, feature by
 * feature. The files are merged as text rather than YAML, so that comments, order and line breaks stay for readers.
 *
 * <p>Run by the build: {@code java MergeOpenApi.java WHOLE FOLDER-OF-FEATURES OUTPUT}.
 */
final class MergeOpenApi {
    /** The lines of each section, such as {@code paths} or {@code components.schemas}; the empty name holds the lines before. */
    private final Map<String, List<String>> sections = new LinkedHashMap<>();

    public static void main(String[] args) throws IOException {
        var merged = new MergeOpenApi();
        merged.add(Path.of(args[0]));
        try (var files = Files.walk(Path.of(args[1]))) {
            var whole = Path.of(args[0]);
            var parts = files.filter(file -> file.endsWith("openapi.yaml") && !file.equals(whole))
                    .sorted()
                    .toList();
            for (var part : parts) {
                merged.addPart(part);
            }
        }
        var output = Path.of(args[2]);
        var text = merged.text();
        // An unchanged file keeps its modification time, so that nothing that depends on it is rebuilt.
        if (!Files.exists(output) || !Files.readString(output).equals(text)) {
            Files.createDirectories(output.getParent());
            Files.writeString(output, text);
        }
    }

    private void add(Path whole) throws IOException {
        sections.putAll(read(whole));
    }

    private void addPart(Path part) throws IOException {
        var added = read(part);
        // The lines before the first section only introduce the part to its readers.
        added.remove("");
        for (var section : added.entrySet()) {
            var known = sections.get(section.getKey());
            if (known == null) {
                throw new IllegalArgumentException(
                        "%s has the section %s, which the base lacks; the sections are: %s"
                                .formatted(part, section.getKey(), sections.keySet()));
            }
            refuseRepeated(part, known, section.getValue());
            known.addAll(section.getValue());
        }
    }

    private static void refuseRepeated(Path part, List<String> known, List<String> added) {
        var repeated = new TreeSet<>(entries(known));
        repeated.retainAll(entries(added));
        if (!repeated.isEmpty()) {
            throw new IllegalArgumentException("%s repeats %s".formatted(part, repeated));
        }
    }

    /** The first lines of the entries of a section, which are the least indented ones. */
    private static List<String> entries(List<String> section) {
        int indent = section.stream().filter(line -> !line.isBlank()).mapToInt(MergeOpenApi::indent).min().orElse(0);
        return section.stream().filter(line -> !line.isBlank() && indent(line) == indent).toList();
    }

    private static Map<String, List<String>> read(Path file) throws IOException {
        var sections = new LinkedHashMap<String, List<String>>();
        var top = "";
        List<String> lines = new ArrayList<>();
        sections.put("", lines);
        for (var line : Files.readAllLines(file, UTF_8)) {
            if (isKey(line, 0)) {
                top = line.substring(0, line.indexOf(':'));
                // A key with a value on its own line, such as the version, is not a section.
                lines = sections.computeIfAbsent(line.endsWith(":") ? top : "", name -> new ArrayList<>());
                if (!line.endsWith(":")) {
                    lines.add(line);
                }
            } else if (!line.isBlank() && indent(line) == 0 && !line.startsWith("#")) {
                throw new IllegalArgumentException("%s has an unindented line that is not a key: %s".formatted(file, line));
            } else if (top.equals("components") && isKey(line, 2)) {
                lines = sections.computeIfAbsent("components." + line.strip().replace(":", ""), name -> new ArrayList<>());
            } else {
                lines.add(line);
            }
        }
        sections.values().forEach(MergeOpenApi::dropBlankEnd);
        return sections;
    }

    private static boolean isKey(String line, int indent) {
        return !line.isBlank() && indent(line) == indent && line.substring(indent).matches("[\\w-]+:.*");
    }

    private static int indent(String line) {
        return line.length() - line.stripLeading().length();
    }

    private static void dropBlankEnd(List<String> lines) {
        while (!lines.isEmpty() && lines.getLast().isBlank()) {
            lines.removeLast();
        }
    }

    private String text() {
        var text = new StringBuilder();
        var isFirstOfComponents = true;
        for (var section : sections.entrySet()) {
            var name = section.getKey();
            if (name.startsWith("components.")) {
                // The header of "components" is a section of its own, before these.
                text.append(isFirstOfComponents ? "" : "\n");
                isFirstOfComponents = false;
                text.append("  ").append(name.substring("components.".length())).append(":\n");
            } else if (!name.isEmpty()) {
                text.append('\n').append(name).append(":\n");
            }
            section.getValue().forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }
}
