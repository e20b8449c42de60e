package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import sa.cleanlife.partnerapi.testing.RawConnection;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.SlowClient;
import sa.cleanlife.partnerapi.testing.SteadyLoad;
import sa.cleanlife.partnerapi.testing.SteadyLoad.Outcome;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.Waiting;

/**
 * 2,000 idle connections, 200 that send a byte a second, and 110 clients that never read their responses, all at once
 * and beside normal clients. {@code ConnectionsTest} covers what takes longer, with shorter timeouts.
 */
@Timeout(120)
class SlowClientsTest {
    private static final int IDLE = 2_000;

    /** The kernel drops a client that reads nothing for 10 s; it checks at growing intervals. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private static final Duration UNDISTURBED = Duration.ofSeconds(2);
    private static final long SHORT_NANOS = Duration.ofMillis(25).toNanos();
    private static final long FAR_FROM_THEIR_END_NANOS = Duration.ofSeconds(4).toNanos();
    private static final int MEGABYTE = 1024 * 1024;

    private static final HttpClient OPERATOR = HttpClient.newHttpClient();
    private static final String CALL = "GET /no-such-path HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String PAGE = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String METRICS = "GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n";

    private static RunningApi server;
    private static List<SlowClient> idle = List.of();
    private static List<SlowClient> slowInFirstHead = List.of();
    private static List<SlowClient> slowAtManagement = List.of();
    private static List<SlowClient> slowInSecondHead = List.of();
    private static List<SlowClient> slowInBody = List.of();
    private static List<SlowClient> deafToAnswers = List.of();
    private static List<SlowClient> deafToPages = List.of();
    private static List<SlowClient> deafToMetrics = List.of();

    private static List<Outcome> before;
    private static List<Outcome> meanwhile;
    private static double openAtOnce;
    private static long idleAndServed;
    private static long directBytesGrown;

    @BeforeAll
    static void connect_all() throws Exception {
        server = RunningApi.startOnForgetfulDatabase();
        var hotel = server.newPartner();
        try (var load = SteadyLoad.start(server.port(), hotel.key(), 4, Duration.ofMillis(5))) {
            // The first requests to a server are slow.
            RawConnection.sleep(UNDISTURBED);
            var warm = load.outcomes().size();
            RawConnection.sleep(UNDISTURBED);
            before = load.outcomes().stream().skip(warm).toList();
            long directBytes = directBytes();

            openTheCrowd("x-api-key: " + hotel.key() + "\r\n");
            var overloaded = load.outcomes().size();
            openAtOnce = openConnections();
            long start = System.nanoTime();
            while (slowOrDeaf().anyMatch(client -> client.endedAfter().isEmpty())
                    && System.nanoTime() - start < LONGEST.toNanos()) {
                RawConnection.sleep(Duration.ofSeconds(1));
                directBytesGrown = Math.max(directBytesGrown, directBytes() - directBytes);
                Stream.concat(slowOrDeaf(), slowInSecondHead.stream()).forEach(client -> client.pour("x"));
            }
            var all = load.stop();
            meanwhile = all.subList(overloaded, all.size());
            idleAndServed =
                    idle.stream().filter(client -> client.call(CALL) == 404).count();
        }
    }

    private static void openTheCrowd(String key) {
        idle = clients(IDLE, SlowClientsTest::connectAndCall);
        slowInSecondHead = clients(66, SlowClientsTest::connectAndCall);
        int management = server.managementUri("/").getPort();
        slowInFirstHead = clients(62, () -> SlowClient.connect(server.port()).pour("GET /"));
        slowAtManagement = clients(5, () -> SlowClient.connect(management).pour("GET /"));
        var head = "POST " + TestPartner.CONTACTS + " HTTP/1.1\r\nHost: test\r\n" + key
                + "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n";
        slowInBody = clients(67, () -> SlowClient.connect(server.port()).pour(head));
        // Only a few: each gets a thousand responses before the kernel's buffers are full, and that is real work.
        deafToAnswers = clients(
                5, () -> SlowClient.deaf(server.port()).pour("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(4_000)));
        deafToPages = clients(100, () -> SlowClient.deaf(server.port()).pour(PAGE));
        deafToMetrics = clients(5, () -> SlowClient.deaf(management).pour(METRICS.repeat(20)));
    }

    private static SlowClient connectAndCall() {
        var client = SlowClient.connect(server.port());
        assertThat(client.call(CALL)).isEqualTo(404);
        return client;
    }

    private static List<SlowClient> clients(int count, Supplier<SlowClient> each) {
        return Stream.generate(each).limit(count).toList();
    }

    /** The clients that must be disconnected during this test. */
    private static Stream<SlowClient> slowOrDeaf() {
        return Stream.of(slowInFirstHead, slowAtManagement, slowInBody, deafToAnswers, deafToPages, deafToMetrics)
                .flatMap(List::stream);
    }

    private static double openConnections() throws Exception {
        var request = HttpRequest.newBuilder(server.managementUri("/metrics")).timeout(Duration.ofSeconds(30));
        return OPERATOR.send(request.build(), BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith("http_server_connections "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                .sum();
    }

    /** Direct memory as Java counts it, and the memory that Netty allocates outside that count. */
    private static long directBytes() {
        return Math.max(0, PlatformDependent.usedDirectMemory())
                + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
    }

    @AfterAll
    static void disconnect_all() {
        try (var _ = server) {
            Stream.of(idle.stream(), slowInSecondHead.stream(), slowOrDeaf())
                    .flatMap(clients -> clients)
                    .forEach(SlowClient::close);
            assertThat(Waiting.within(Duration.ofSeconds(20), SlowClientsTest::nobodyIsThere))
                    .as("the server has no connection left")
                    .isTrue();
        }
    }

    private static boolean nobodyIsThere() {
        try {
            return openConnections() == 0;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void were_all_connected_at_once() {
        assertThat(openAtOnce).isGreaterThan(IDLE + 200);
    }

    @Test
    void delay_no_other_client() {
        long undisturbed = median(before);
        long disturbed = median(meanwhile);
        System.out.printf(
                "SlowClientsTest: without slow clients median %d, longest %d µs; with them %d and %d µs; %d requests%n",
                undisturbed / 1_000,
                longest(before) / 1_000,
                disturbed / 1_000,
                longest(meanwhile) / 1_000,
                meanwhile.size());

        assertThat(SteadyLoad.statuses(meanwhile.stream())).containsOnlyKeys(200);
        // No request waits for the end of a slow client.
        assertThat(longest(meanwhile)).isLessThan(5 * longest(before) + FAR_FROM_THEIR_END_NANOS);
        // An event loop that blocks on a slow client, or on all in turn, takes hundreds of milliseconds.
        assertThat(disturbed).isLessThan(5 * undisturbed + SHORT_NANOS);
    }

    private static long longest(List<Outcome> calls) {
        return calls.stream().mapToLong(call -> call.took().toNanos()).max().orElseThrow();
    }

    private static long median(List<Outcome> calls) {
        return calls.stream()
                .mapToLong(call -> call.took().toNanos())
                .sorted()
                .skip(calls.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void are_ended_when_they_send_a_byte_a_second_in_their_first_head() {
        assertEndedInTime(slowInFirstHead);
        assertEndedInTime(slowAtManagement);
    }

    @Test
    void are_ended_when_they_send_a_byte_a_second_in_a_body() {
        assertEndedInTime(slowInBody);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void are_dropped_when_they_never_read_answers() {
        assertEndedInTime(deafToAnswers);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void are_dropped_when_they_never_read_a_page() {
        assertEndedInTime(deafToPages);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void are_dropped_when_they_never_read_the_metrics() {
        assertEndedInTime(deafToMetrics);
    }

    private static void assertEndedInTime(List<SlowClient> clients) {
        assertThat(clients.stream().map(SlowClient::endedAfter))
                .allSatisfy(ended -> assertThat(ended)
                        .hasValueSatisfying(
                                after -> assertThat(after).isBetween(Duration.ofSeconds(8), LONGEST.plusSeconds(30))));
    }

    /** A copy of the page alone for each client would be 140 MB. */
    @Test
    void cost_little_memory_when_they_do_not_read() {
        System.out.println("SlowClientsTest: buffers outside the heap grew by " + directBytesGrown / MEGABYTE + " MB");

        assertThat(directBytesGrown).isLessThan(64 * MEGABYTE);
    }

    @Test
    void stay_connected_when_they_are_merely_idle() {
        assertThat(idleAndServed).isEqualTo(IDLE);
    }
}
