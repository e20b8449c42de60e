package sa.cleanlife.partnerapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.testing.RawHttp;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** Health and metrics, on a port that partners cannot reach. */
class ManagementTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String ROUTE = "route=\"/v1/partners/contacts\"";

    /** A server of its own, so that other tests' requests are not counted. */
    private static RunningApi server;

    private static TestPartner hotel;

    @BeforeAll
    static void start() {
        server = RunningApi.start(TestPostgres.newDatabase(), Clock.systemUTC());
        hotel = server.newPartner();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> get(URI uri) {
        try {
            return HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse<String> manage(String path) {
        return get(server.managementUri(path));
    }

    private record Sample(String name, String labels, double value) {}

    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{((?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\",?)*)})? (\\S+)");
    private static final Pattern COMMENT = Pattern.compile(
            "# HELP [a-zA-Z_:][a-zA-Z0-9_:]*( .*)?|# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram|summary|untyped)");

    /** Parses the metrics; fails unless every line is Prometheus' text format. */
    private static List<Sample> metrics() {
        var samples = new ArrayList<Sample>();
        for (var line : manage("/metrics").body().lines().toList()) {
            if (line.startsWith("#")) {
                assertThat(line).matches(COMMENT);
                continue;
            }
            var sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            var labels = sample.group(2) == null ? "" : sample.group(2);
            var value = sample.group(3).replace("+Inf", "Infinity").replace("-Inf", "-Infinity");
            samples.add(new Sample(sample.group(1), labels, Double.parseDouble(value)));
        }
        return samples;
    }

    /** The sum of all samples with this name and these labels. */
    private static double metric(String name, String... labels) {
        return metrics().stream()
                .filter(sample ->
                        sample.name().equals(name) && List.of(labels).stream().allMatch(sample.labels()::contains))
                .mapToDouble(Sample::value)
                .sum();
    }

    @Nested
    class Health {
        @Test
        void is_live_and_ready_once_started() {
            assertThat(manage("/health/live").statusCode()).isEqualTo(200);
            assertThat(manage("/health/ready").statusCode()).isEqualTo(200);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"/", "/health", "/health/live/", "/metrics/", "/Metrics", "/admin", "//", "/openapi.yaml"})
        void other_paths_are_not_there(String path) {
            assertThat(manage(path).statusCode()).isEqualTo(404);
            assertThat(manage(path).body()).contains("/health/live", "/health/ready", "/metrics");
        }
    }

    @Nested
    class Ports {
        @ParameterizedTest
        @ValueSource(strings = {"/health/live", "/health/ready", "/health", "/metrics"})
        void partners_see_nothing_of_the_management(String path) {
            assertThat(get(server.uri(path)).statusCode()).isEqualTo(404);
            assertThat(get(server.uri(path)).body()).contains("RESOURCE_NOT_FOUND");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/v1/partners/contacts",
                    "/v1/partners/contacts/8c5a2f3e-0000-4000-8000-000000000000",
                    "/docs"
                })
        void the_management_serves_nothing_to_partners(String path) {
            var request = HttpRequest.newBuilder(server.managementUri(path)).header("x-api-key", hotel.key());

            assertThat(get(request.build().uri()).statusCode()).isEqualTo(404);
        }
    }

    @Nested
    class Metrics {
        @Test
        void are_prometheus_text() {
            assertThat(manage("/metrics").statusCode()).isEqualTo(200);
            assertThat(manage("/metrics").headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(metrics()).isNotEmpty();
        }

        @Test
        void count_contacts_created_and_found() {
            var created = metric("contacts_total", "outcome=\"created\"");
            var found = metric("contacts_total", "outcome=\"found\"");

            hotel.postContact("+966500000200", "Ahmed Ali");
            hotel.postContact("+966500000200", "Ahmed Ali");
            hotel.postContact("+966500000200", "Ahmed Ali");
            hotel.postContact("nonsense", "Ahmed Ali");

            assertThat(metric("contacts_total", "outcome=\"created\"")).isEqualTo(created + 1);
            assertThat(metric("contacts_total", "outcome=\"found\"")).isEqualTo(found + 2);
        }

        @Test
        void count_requests_by_route_and_status() {
            var name = "http_server_requests_seconds_count";
            var good = metric(name, ROUTE, "method=\"POST\"", "status=\"200\"");
            var bad = metric(name, ROUTE, "method=\"POST\"", "status=\"400\"");
            var refused = metric(name, ROUTE, "method=\"POST\"", "status=\"401\"");
            var reads = metric(name, "route=\"/v1/partners/contacts/{contactId}\"", "status=\"404\"");
            var unknown = metric(name, "route=\"(unknown)\"", "status=\"404\"");

            hotel.postContact("+966500000201", "Ahmed Ali");
            hotel.postContact("nonsense", "Ahmed Ali");
            hotel.withKey("nonsense").postContact("+966500000201", "Ahmed Ali");
            hotel.getContact(UUID.randomUUID().toString());
            hotel.getContact(UUID.randomUUID().toString());
            get(server.uri("/no-such-thing"));

            assertThat(metric(name, ROUTE, "method=\"POST\"", "status=\"200\"")).isEqualTo(good + 1);
            assertThat(metric(name, ROUTE, "method=\"POST\"", "status=\"400\"")).isEqualTo(bad + 1);
            assertThat(metric(name, ROUTE, "method=\"POST\"", "status=\"401\"")).isEqualTo(refused + 1);
            assertThat(metric(name, "route=\"/v1/partners/contacts/{contactId}\"", "status=\"404\""))
                    .isEqualTo(reads + 2);
            assertThat(metric(name, "route=\"(unknown)\"", "status=\"404\"")).isEqualTo(unknown + 1);
        }

        /** An alert notices an increase only of a series that existed before. */
        @Test
        void count_faults_from_zero_on() {
            TestPostgres.execute(server.database(), """
                    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
                    CREATE TRIGGER fail BEFORE INSERT ON contact FOR EACH ROW WHEN (NEW.phone = '+966500000203')
                        EXECUTE FUNCTION fail();
                    """);
            assertThat(manage("/metrics").body()).contains("http_server_faults_total 0.0");

            hotel.postContact("+966500000203", "Ahmed Ali").error(500, "INTERNAL_ERROR");

            assertThat(metric("http_server_faults_total")).isOne();
        }

        @Test
        void have_a_histogram_of_latency() {
            hotel.postContact("+966500000202", "Ahmed Ali");

            var buckets = metrics().stream()
                    .filter(sample -> sample.name().equals("http_server_requests_seconds_bucket")
                            && sample.labels().contains(ROUTE)
                            && sample.labels().contains("status=\"200\""))
                    .map(Sample::value)
                    .toList();

            assertThat(buckets).hasSizeGreaterThan(10).isSorted();
            assertThat(buckets.getLast())
                    .isEqualTo(metric("http_server_requests_seconds_count", ROUTE, "status=\"200\""))
                    .isPositive();
            assertThat(metric("http_server_requests_seconds_sum", ROUTE, "status=\"200\""))
                    .isPositive()
                    .isLessThan(60);
        }

        @Test
        void count_the_requests_in_batches() {
            var batch = "batch=\"find-or-create contacts\"";
            var batches = metric("database_batch_size_count", batch);
            var questions = metric("database_batch_size_sum", batch);

            hotel.postContact("+966500000205", "Ahmed Ali");
            hotel.postContact("+966500000205", "Ahmed Ali");

            assertThat(metric("database_batch_size_count", batch)).isEqualTo(batches + 2);
            assertThat(metric("database_batch_size_sum", batch)).isEqualTo(questions + 2);
            assertThat(metric("database_batch_size_bucket", batch, "le=\"1.0\""))
                    .isPositive();
        }

        /** Invented methods, paths and ids must not fill the memory of the monitoring system. */
        @Test
        void are_no_more_for_paths_and_methods_that_callers_invent() {
            inventSomething();
            int before = metrics().size();

            inventSomething();
            inventSomething();

            assertThat(metrics()).hasSize(before);
        }

        private void inventSomething() {
            var random = UUID.randomUUID().toString();
            hotel.getContact(random);
            hotel.get("/" + random);
            RawHttp.send(
                    server.port(),
                    "M" + random.substring(0, 8).toUpperCase(java.util.Locale.ROOT)
                            + " /v1/partners/contacts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        }

        @Test
        void tell_of_the_jvm_and_of_the_processor() {
            assertThat(metric("jvm_memory_used_bytes")).isPositive();
            assertThat(metric("jvm_threads_live_threads")).isPositive();
            assertThat(metrics()).extracting(Sample::name).contains("process_cpu_usage", "jvm_memory_max_bytes");
        }

        @Test
        void tell_of_the_pool_of_connections() {
            hotel.postContact("+966500000204", "Ahmed Ali");

            assertThat(metrics())
                    .filteredOn(sample -> sample.labels().contains("pool_name=\"postgresql\""))
                    .extracting(Sample::name)
                    .contains("vertx_pool_in_use", "vertx_pool_queue_pending");
        }
    }
}
