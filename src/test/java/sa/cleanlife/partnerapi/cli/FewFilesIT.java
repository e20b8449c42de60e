package sa.cleanlife.partnerapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.SlowClient;

/** A server that may have only 256 open files, with 400 clients. */
@Timeout(90)
@EnabledOnOs(OS.LINUX)
class FewFilesIT {
    private static final int FILES = 256;
    private static final int CROWD = 400;
    private static final String CALL = "GET /openapi HTTP/1.1\r\nHost: test\r\n\r\n";

    @TempDir
    private Path directory;

    @AfterEach
    void kill_what_is_left() throws Exception {
        DataDirectory.of(directory.resolve("data")).killEverything();
    }

    @Test
    void serves_as_many_clients_as_it_has_files_for_and_rejects_the_others_until_some_leave() throws Exception {
        var data = DataDirectory.of(directory.resolve("data"));
        try (var server = Launched.serveWithFiles(FILES, data, Map.of("PARTNER_API_LOG", "json"));
                var client = new LoadClient(1)) {
            var key = server.printedKey();
            assertThat(post(client, server, key)).isEqualTo(200);

            var crowd = Stream.generate(() -> connect(server)).limit(CROWD).toList();
            var served = crowd.stream().filter(each -> each.call(CALL) == 404).toList();

            assertThat(served).hasSizeBetween(FILES / 4, FILES / 2);
            assertThat(post(client, server, key)).isEqualTo(200);
            assertThat(LoadClient.await(client.get(server.managementPort(), "/health/ready"))
                            .status())
                    .isEqualTo(200);
            assertThat(openFiles(server)).isLessThan(FILES - 20);
            DataDirectory.await(
                    "a line that says so",
                    () -> server.err().contains("connection limit reached; new connections rejected"));

            crowd.forEach(SlowClient::close);
            DataDirectory.await("free connections", () -> isServed(server));
            assertThat(post(client, server, key)).isEqualTo(200);
        }
    }

    private static SlowClient connect(Launched server) {
        try {
            return SlowClient.connect(server.port());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isServed(Launched server) {
        try (var late = connect(server)) {
            return late.call(CALL) == 404;
        }
    }

    private static int post(LoadClient client, Launched server, String key) throws Exception {
        return LoadClient.await(client.postContact(server.port(), key, "+966500000000", "Ahmed Ali"))
                .status();
    }

    private static int openFiles(Launched server) {
        return List.of(Path.of("/proc/" + server.handle().pid() + "/fd")
                        .toFile()
                        .list())
                .size();
    }
}
