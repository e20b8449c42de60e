package sa.cleanlife.partnerapi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.SteadyLoad;
import sa.cleanlife.partnerapi.testing.SteadyLoad.Outcome;

/** The packaged server, stopped by an operator or killed: what it finishes, and what it leaves. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class StopIT {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @TempDir
    private static Path directory;

    private static FirstStart firstStart;

    private DataDirectory data;

    @BeforeAll
    static void start_for_the_first_time() throws Exception {
        firstStart = FirstStart.in(directory);
    }

    @BeforeEach
    void copy_the_data() throws Exception {
        data = firstStart.copyOfData();
    }

    @AfterEach
    void kill_what_is_left() throws Exception {
        data.killEverything();
    }

    @AfterAll
    static void kill_what_is_left_of_the_first() throws Exception {
        firstStart.data().killEverything();
    }

    @Nested
    class Stopping {
        @Test
        void on_sigterm_ends_with_0_and_takes_postgresql_along() throws Exception {
            endsCleanlyOn("TERM");
        }

        @Test
        void on_ctrl_c_does_the_same() throws Exception {
            Assumptions.assumeTrue(
                    Launched.hearsCtrlC(), "this build ignores Ctrl-C, as under nohup, and env cannot give it back");

            endsCleanlyOn("INT");
        }

        private void endsCleanlyOn(String signal) throws Exception {
            try (var server = Launched.serve(data);
                    var client = new LoadClient(1)) {
                // An open connection, like a balancer's, must not delay the stop.
                assertThat(post(client, server, firstStart.key(), "+966500000080")
                                .isNewContact())
                        .isTrue();
                assertThat(data.postgresProcesses()).isNotEmpty();
                long start = System.nanoTime();

                server.signal(signal);

                assertThat(server.exitCode()).isZero();
                var took = Duration.ofNanos(System.nanoTime() - start);
                System.out.println("StopIT: the stop on SIG" + signal + " took " + took.toMillis() + " ms");
                assertThat(took).isLessThan(Duration.ofSeconds(8));
                assertThat(data.postgresProcesses()).isEmpty();
            }
        }

        @Test
        void finishes_what_was_accepted_and_accepts_no_more() throws Exception {
            try (var server = Launched.serve(data);
                    var client = new LoadClient(1);
                    var underway = new Socket(LOOPBACK, server.port())) {
                underway.setSoTimeout(15_000);
                int port = server.port();
                int managementPort = server.managementPort();
                var body = "{\"phone\":\"+966500000081\",\"name\":\"Ahmed Ali\"}";
                write(
                        underway,
                        "POST /v1/partners/contacts HTTP/1.1\r\nHost: api\r\nx-api-key: " + firstStart.key()
                                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                + body.substring(0, 10));
                // After this response the server has surely read the request's head.
                assertThat(post(client, server, firstStart.key(), "+966500000082")
                                .status())
                        .isEqualTo(200);
                Thread.sleep(200);

                server.signal("TERM");

                DataDirectory.await("the end of new connections", () -> isRefused(port));
                assertThat(LoadClient.await(client.get(managementPort, "/health/ready"))
                                .status())
                        .isEqualTo(503);
                write(underway, body.substring(10));
                var answer = readAll(underway);
                assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("\"isNewContact\":true");
                assertThat(server.exitCode()).isZero();
                assertThat(data.postgresProcesses()).isEmpty();
            }
        }

        private boolean isRefused(int port) throws IOException {
            try (var _ = new Socket(LOOPBACK, port)) {
                return false;
            } catch (ConnectException refused) {
                return true;
            }
        }

        private void write(Socket socket, String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(UTF_8));
            socket.getOutputStream().flush();
        }

        private String readAll(Socket socket) throws IOException {
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @Nested
    class Being_killed {
        @Test
        void loses_no_acknowledged_contact_when_the_server_is_killed() throws Exception {
            var outcomes = underLoad(Launched::kill);
            assertThat(data.postgresProcesses()).isNotEmpty();

            assertThatNothingIsLost(outcomes);
        }

        @Test
        void loses_no_acknowledged_contact_when_postgresql_is_killed_as_well() throws Exception {
            var outcomes = underLoad(server -> {
                data.postmaster().destroyForcibly();
                server.kill();
            });

            assertThatNothingIsLost(outcomes);
        }

        private interface Accident {
            void happenTo(Launched server) throws Exception;
        }

        private List<Outcome> underLoad(Accident accident) throws Exception {
            try (var server = Launched.serve(data);
                    var load = SteadyLoad.start(server.port(), firstStart.key(), 16, Duration.ZERO)) {
                DataDirectory.await("a thousand contacts", () -> load.acknowledged() > 1_000);

                accident.happenTo(server);

                return load.stop();
            }
        }

        private void assertThatNothingIsLost(List<Outcome> outcomes) throws Exception {
            long start = System.nanoTime();
            try (var server = Launched.serve(data);
                    var client = new LoadClient(32)) {
                System.out.println("StopIT: the start after the kill took "
                        + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms; "
                        + SteadyLoad.statuses(outcomes.stream()));
                int port = server.port();
                var acknowledged =
                        outcomes.stream().filter(Outcome::isAcknowledged).toList();
                assertThat(acknowledged).hasSizeGreaterThan(1_000);

                var read = LoadClient.all(acknowledged.stream()
                        .map(each -> client.getContact(
                                port,
                                firstStart.key(),
                                each.reply().orElseThrow().id()))
                        .toList());
                var askedAgain = LoadClient.all(outcomes.stream()
                        .map(each -> client.postContact(port, firstStart.key(), each.phone(), "Somebody Else"))
                        .toList());

                assertThat(read.stream().map(each -> each.id() + each.phone() + each.name()))
                        .isEqualTo(acknowledged.stream()
                                .map(each -> each.reply().orElseThrow().id() + each.phone() + each.name())
                                .toList());
                for (int i = 0; i < outcomes.size(); i++) {
                    if (outcomes.get(i).isAcknowledged()) {
                        assertThat(askedAgain.get(i).isNewContact()).isFalse();
                        assertThat(askedAgain.get(i).id())
                                .isEqualTo(outcomes.get(i).reply().orElseThrow().id());
                    }
                }
                assertThat(data.queryNumber("SELECT count(*) - count(DISTINCT phone) FROM contact"))
                        .isZero();
                // Every phone that was requested, and the one of the first start.
                assertThat(data.queryNumber("SELECT count(*) FROM contact")).isEqualTo(outcomes.size() + 1);

                server.signal("TERM");
                assertThat(server.exitCode()).isZero();
                assertThat(data.postgresProcesses()).isEmpty();
            }
        }
    }

    private static Reply post(LoadClient client, Launched server, String anyKey, String phone) throws IOException {
        return LoadClient.await(client.postContact(server.port(), anyKey, phone, "Ahmed Ali"));
    }
}
