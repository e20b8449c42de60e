package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server's own metrics at one moment. */
final class Metrics {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Pattern ANSWERS =
            Pattern.compile("^http_server_requests_seconds_count\\{.*status=\"(\\d+)\".*\\} (.*)$");

    private final List<String> lines;

    private Metrics(List<String> lines) {
        this.lines = lines;
    }

    static Metrics scrape(int managementPort) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/metrics".formatted(managementPort)))
                .build();
        try {
            return new Metrics(
                    HTTP.send(request, BodyHandlers.ofString()).body().lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    long created() {
        return (long) sum("contacts_total", "outcome=\"created\"");
    }

    /** The number of responses by status. */
    Map<String, Long> answers() {
        var answers = new TreeMap<String, Long>();
        lines.stream()
                .map(ANSWERS::matcher)
                .filter(Matcher::find)
                .forEach(found -> answers.merge(found.group(1), (long) Double.parseDouble(found.group(2)), Long::sum));
        return answers;
    }

    double allocatedBytes() {
        return sum("jvm_gc_memory_allocated_bytes_total", "");
    }

    private double sum(String name, String label) {
        return lines.stream()
                .filter(line -> line.startsWith(name) && !Character.isLetter(line.charAt(name.length())))
                .filter(line -> line.charAt(name.length()) != '_' && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
