package sa.cleanlife.partnerapi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A bar chart of requests per second, for pages with a light or a dark background. */
final class Chart {
    private static final int WIDTH = 720;
    private static final int LABEL_WIDTH = 190;
    private static final int LONGEST_BAR = 430;
    private static final int ROW = 26;

    private Chart() {}

    private record Bar(String label, boolean isServer, double perSecond) {}

    private record Group(String title, List<Bar> bars) {}

    static String svg(Results results) {
        var groups = List.of(
                new Group("Existing phones", bars(results, Work.EXISTING)),
                new Group("New phones", bars(results, Work.NEW)));
        double most = groups.stream()
                .flatMap(group -> group.bars().stream())
                .mapToDouble(Bar::perSecond)
                .max()
                .orElse(1);
        var body = new StringBuilder();
        int y = 12;
        for (var group : groups) {
            body.append("  <text class=\"title\" x=\"0\" y=\"%d\">%s, requests/s</text>%n"
                    .formatted(y + 14, group.title()));
            y += ROW + 4;
            for (var bar : group.bars()) {
                body.append(row(bar, y, most));
                y += ROW;
            }
            y += 18;
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="title desc">
                  <title id="title">Requests per second of the server and of what it is compared with</title>
                  <desc id="desc">%s</desc>
                  <style>
                    text { font: 14px system-ui, sans-serif; fill: #1f2328; }
                    .title { font-weight: 600; }
                    .bar { fill: #8c959f; }
                    .server { fill: #0969da; }
                    @media (prefers-color-scheme: dark) {
                      text { fill: #e6edf3; }
                      .bar { fill: #6e7681; }
                      .server { fill: #4493f8; }
                    }
                  </style>
                %s</svg>
                """.formatted(WIDTH, y, description(groups), body);
    }

    private static List<Bar> bars(Results results, Work work) {
        var bars = new ArrayList<Bar>();
        add(bars, results, "server", Subject.SERVER, work);
        add(bars, results, "PostgreSQL (best pgbench)", Subject.PGBENCH, work);
        add(bars, results, "Spring, JPA", Subject.PEER, work);
        add(bars, results, "server, no database", Subject.CEILING, work);
        return bars;
    }

    /**
     * Adds a bar: for the server the load that the ratios are taken of, for PostgreSQL the best number of clients in
     * each round.
     */
    private static void add(List<Bar> bars, Results results, String label, Subject subject, Work work) {
        var rounds = subject == Subject.PGBENCH
                ? List.copyOf(results.bestPerSecond(subject, work).values())
                : results.of(new Figures.Load(subject, work, Rounds.CONNECTIONS)).stream()
                        .map(Figures::perSecond)
                        .toList();
        if (!rounds.isEmpty()) {
            bars.add(new Bar(label, subject == Subject.SERVER, Statistics.median(rounds)));
        }
    }

    private static String row(Bar bar, int y, double most) {
        double width = Math.max(1, bar.perSecond() / most * LONGEST_BAR);
        return Progress.format(
                """
                  <text x="0" y="%d">%s</text>
                  <rect class="%s" x="%d" y="%d" width="%.1f" height="18" rx="2"/>
                  <text x="%.1f" y="%d">%,.0f</text>
                """,
                y + 14,
                bar.label(),
                bar.isServer() ? "server" : "bar",
                LABEL_WIDTH,
                y,
                width,
                LABEL_WIDTH + width + 8,
                y + 14,
                bar.perSecond());
    }

    private static String description(List<Group> groups) {
        return groups.stream()
                .map(group -> group.title() + ": "
                        + group.bars().stream()
                                .map(bar -> Progress.format("%s %,.0f", bar.label(), bar.perSecond()))
                                .collect(Collectors.joining("; ")))
                .collect(Collectors.joining(". ", "", "."));
    }
}
