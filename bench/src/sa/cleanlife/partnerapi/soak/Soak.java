package sa.cleanlife.partnerapi.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;

/**
 * Runs the packaged server under mixed traffic for ten minutes, or for {@code -Dsoak.minutes}: its resources at the end
 * must be those at the beginning. Run by {@code ./mvnw verify -Pbench,soak}.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the resources of a process are read from /proc")
class Soak {
    private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(10);

    /** What a busy machine may add to a timeout. */
    private static final Duration SLACK = Duration.ofSeconds(15);

    private static final Pattern KEY = Pattern.compile("pk_sandbox_[0-9A-Za-z]{32}");

    @TempDir
    private Path directory;

    private DataDirectory data;

    @BeforeEach
    void choose_a_data_directory() throws Exception {
        data = DataDirectory.of(directory.resolve("data"));
    }

    @AfterEach
    void kill_what_is_left() throws Exception {
        data.killEverything();
    }

    @Test
    void files_threads_and_memory_are_flat() throws Exception {
        var time = Duration.ofMinutes(minutes());
        var warmUp = time.dividedBy(6);
        try (var server = Launched.serve(data, Map.of("PARTNER_API_LOG", "json"))) {
            var keys = issueKeys(server);
            soak(server, keys, warmUp);
            var before = atRest(server);

            var samples = soak(server, keys, time.minus(warmUp));

            var after = atRest(server);
            var growth = new ArrayList<String>();
            note(Footprint.HEAP, before, after, growth);
            int fifth = samples.size() / 5;
            var early = samples.subList(0, fifth);
            var late = samples.subList(samples.size() - fifth, samples.size());
            for (var measure : Footprint.UNDER_LOAD) {
                note(measure, median(early, measure), median(late, measure), growth);
            }
            assertThat(growth).isEmpty();
            server.signal("TERM");
            assertThat(server.exitCode()).isZero();
        }
    }

    private List<Footprint> soak(Launched server, MixedLoad.Keys keys, Duration time) throws Exception {
        var samples = new ArrayList<Footprint>();
        int port = server.port();
        int management = server.managementPort();
        try (var slowClients = SlowClients.start(port, management, keys.good());
                var load = MixedLoad.start(port, management, keys)) {
            long start = System.nanoTime();
            System.out.println(Footprint.TITLE);
            for (var due = BETWEEN_SAMPLES; due.compareTo(time) <= 0; due = due.plus(BETWEEN_SAMPLES)) {
                MixedLoad.pause(due.minusNanos(System.nanoTime() - start));
                samples.add(Footprint.of(server, data, load.calls()));
                System.out.println(samples.getLast());
            }
            load.answers().forEach((kind, count) -> System.out.printf("%,12d %s%n", count.sum(), kind));
            slowClients.kinds().forEach(System.out::println);
            var slack = SLACK.plus(slowClients.noticedWithin());

            assertThat(load.answers().keySet())
                    .noneMatch(kind -> kind.endsWith(" 500") || kind.endsWith(" 0"))
                    .doesNotContain("read: 404");
            assertThat(slowClients.kinds())
                    .allMatch(kind -> kind.wereEndedInTime(slack))
                    .allMatch(kind -> kind.ended() > 0 || time.toMinutes() < 3);
        }
        return samples;
    }

    /**
     * The live heap without connections: under load it consists mostly of unread responses, whose number changes all
     * the time.
     */
    private double atRest(Launched server) throws Exception {
        DataDirectory.await("the end of all connections", () -> Footprint.connections(server) == 0);
        return Footprint.HEAP.of().applyAsDouble(Footprint.of(server, data, 0));
    }

    private static long minutes() {
        var text = System.getProperty("soak.minutes", "10");
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw new AssertionError("-Dsoak.minutes must be a whole number from 1 to 9999, not " + text);
        }
        return Long.parseLong(text);
    }

    private MixedLoad.Keys issueKeys(Launched server) throws Exception {
        var good = KEY.matcher(server.out()).results().findFirst().orElseThrow().group();
        return new MixedLoad.Keys(good, issueKey("--rate-limit", "600"), issueKey("--new-contacts-per-day", "100"));
    }

    private String issueKey(String limit, String value) throws Exception {
        try (var command = Launched.start(
                data,
                Map.of(),
                "key",
                "issue",
                "--partner",
                "sandbox",
                "--permission",
                "partner_contacts_read",
                limit,
                value,
                "--json")) {
            assertThat(command.exitCode()).as(command.err()).isZero();
            return new JsonObject(command.out()).getString("key");
        }
    }

    private static void note(Footprint.Measure measure, double from, double to, List<String> growth) {
        System.out.printf("%-32s %,10.0f -> %,10.0f (may grow by %,.0f)%n", measure.name(), from, to, measure.slack());
        if (to > from + measure.slack()) {
            growth.add("%s grew from %.0f to %.0f".formatted(measure.name(), from, to));
        }
    }

    private static double median(List<Footprint> samples, Footprint.Measure measure) {
        return samples.stream()
                .mapToDouble(measure.of())
                .sorted()
                .skip(samples.size() / 2)
                .findFirst()
                .orElseThrow();
    }
}
