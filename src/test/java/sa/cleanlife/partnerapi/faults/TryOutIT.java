package sa.cleanlife.partnerapi.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How {@code ops/replication/try-out} rejects arguments and machines that it cannot work with. */
@EnabledOnOs(OS.LINUX)
class TryOutIT {
    @TempDir
    private Path directory;

    private final Map<String, String> environment = new TreeMap<>();

    @AfterEach
    void remove_what_a_failure_has_left() throws Exception {
        run("remove", directory.resolve("pair").toString());
    }

    private ReplicatedPostgres.Run run(String... arguments) throws Exception {
        return ReplicatedPostgres.run(environment, arguments);
    }

    private String refusal(String... arguments) throws Exception {
        var run = run(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).endsWith(".");
        return run.err();
    }

    @ParameterizedTest
    @CsvSource({
        "fail-over, There is no command fail-over",
        "set-up, set-up takes 3 arguments",
        "kill here, kill takes 2 arguments",
        "set-up DIR 5433 x, 'from 1024 to 65535, not x'",
        "set-up DIR 80 5433, 'from 1024 to 65535, not 80'",
        "set-up DIR 5433 70000, 'from 1024 to 65535, not 70000'",
        "set-up DIR 5433 5433, two ports",
        "set-up . 5433 5434, exists already",
        "set-up DIR/missing/pair 5433 5434, cannot be created",
        "promote DIR 5433, nothing set up",
        "remove ., nothing set up"
    })
    void says_what_is_wrong_with_the_arguments(String typed, String sentence) throws Exception {
        ReplicatedPostgres.assumeInstalled();

        assertThat(refusal(typed.replace("DIR", directory + "/new").split(" ", -1)))
                .contains(sentence);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void says_how_it_is_used() throws Exception {
        var help = run("help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("set-up DIR PRIMARY_PORT STANDBY_PORT", "promote", "follow");
    }

    @Test
    void names_the_package_when_postgresql_is_missing() throws Exception {
        environment.put("POSTGRESQL_PLACES", directory.toString());

        assertThat(refusal("set-up", directory.resolve("pair").toString(), "5433", "5434"))
                .contains("PostgreSQL 14 or later is not installed", "install the package postgresql");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void passes_over_a_postgresql_that_is_too_old() throws Exception {
        var bin = Files.createDirectory(directory.resolve("bin"));
        for (var program : List.of("initdb", "pg_basebackup", "pg_ctl", "pg_rewind", "postgres", "psql")) {
            Files.writeString(bin.resolve(program), "#!/bin/sh\necho 'postgres (PostgreSQL) 13.14'\n");
            assertThat(bin.resolve(program).toFile().setExecutable(true)).isTrue();
        }
        environment.put("POSTGRESQL_PLACES", bin.toString());

        assertThat(refusal("programs")).contains("PostgreSQL 14 or later is not installed");
    }

    @Test
    void leaves_nothing_behind_when_a_port_is_taken() throws Exception {
        ReplicatedPostgres.assumeInstalled();
        var pair = directory.resolve("pair");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var free = ReplicatedPostgres.twoFreePorts().getFirst().toString();
            var port = Integer.toString(taken.getLocalPort());

            // This is the standby's port, so that the primary is running by then.
            var run = run("set-up", pair.toString(), free, port);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .contains(
                            "PostgreSQL did not start on port " + port, "Address already in use", "nothing was set up");
            assertNothingIsLeft(pair);
        }
    }

    @Test
    void leaves_nothing_behind_when_it_is_interrupted() throws Exception {
        ReplicatedPostgres.assumeInstalled();
        var pair = directory.resolve("pair");
        var ports = ReplicatedPostgres.twoFreePorts();
        var primary = ports.getFirst().toString();
        var setUp = new ProcessBuilder(
                        ReplicatedPostgres.TRY_OUT.toString(),
                        "set-up",
                        pair.toString(),
                        primary,
                        ports.getLast().toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start();
        try {
            var data = pair.resolve(primary + "/PG_VERSION");
            while (!Files.exists(data) && setUp.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            setUp.destroy();

            assertThat(setUp.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            Stream.concat(Stream.of(setUp.toHandle()), setUp.descendants()).forEach(ProcessHandle::destroyForcibly);
        }
        assertThat(setUp.exitValue()).isNotZero();
        assertNothingIsLeft(pair);
    }

    private static void assertNothingIsLeft(Path pair) throws IOException {
        assertThat(pair).doesNotExist();
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse("")))
                .noneMatch(command -> command.contains(pair.toString()));
    }
}
