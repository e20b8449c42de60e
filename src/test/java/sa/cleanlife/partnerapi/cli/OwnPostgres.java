package sa.cleanlife.partnerapi.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The operator's own PostgreSQL, from the system's packages, on a port of this machine. */
record OwnPostgres(Path programs, Path data, int port) implements AutoCloseable {
    /** The directories in which Debian and Fedora keep the programs of each version. */
    private static final List<String> PLACES = List.of("/usr/lib/postgresql", "/usr");

    /** The programs of the newest installed version; empty when there is none. */
    static Optional<Path> installed() throws IOException {
        var places = new ArrayList<Path>();
        for (var place : PLACES) {
            if (Files.isDirectory(Path.of(place))) {
                try (var versions = Files.list(Path.of(place))) {
                    versions.map(version -> version.resolve("bin")).forEach(places::add);
                }
            }
        }
        return Stream.concat(Stream.of(System.getenv("PATH").split(":", -1)).map(Path::of), places.stream())
                .filter(place -> Stream.of("initdb", "pg_ctl", "psql", "pg_dump", "pg_restore", "pg_basebackup")
                        .allMatch(program -> Files.isExecutable(place.resolve(program))))
                .max(Comparator.naturalOrder());
    }

    /** Creates a cluster with one superuser, {@code postgres}, that needs no password. */
    static OwnPostgres initialize(Path programs, Path data) throws IOException {
        var postgres = new OwnPostgres(programs, data, freePort());
        postgres.run("initdb", "--pgdata=" + data, "--username=postgres", "--auth=trust", "--encoding=UTF8");
        postgres.start();
        return postgres;
    }

    /** Starts on a copy of a cluster's files. */
    static OwnPostgres startOn(Path programs, Path data) throws IOException {
        var postgres = new OwnPostgres(programs, data, freePort());
        postgres.start();
        return postgres;
    }

    private void start() throws IOException {
        try {
            run(
                    "pg_ctl",
                    "start",
                    "--wait",
                    "--silent",
                    "--pgdata=" + data,
                    "--log=" + data.resolveSibling(data.getFileName() + ".log"),
                    "--options=-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c port=" + port);
        } catch (Throwable e) {
            // The start may still succeed, and then nothing else would stop it.
            try (this) {
                throw e;
            }
        }
    }

    String url(String user, String database) {
        return "postgresql://%s@127.0.0.1:%d/%s".formatted(user, port, database);
    }

    /** PostgreSQL refuses to run as root, so root runs it as another user. */
    private void run(String program, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        if (Files.getAttribute(data.resolveSibling(""), "unix:uid").equals(0)) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        var log = data.resolveSibling(program + ".log");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + ": " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** All its processes; the children of a postmaster do not have the directory on their command line. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(data.toString()))
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .toList();
    }

    @Override
    public void close() throws IOException {
        try {
            if (Files.exists(data.resolve("postmaster.pid"))) {
                run("pg_ctl", "stop", "--silent", "--mode=immediate", "--pgdata=" + data);
            }
        } finally {
            processes().forEach(ProcessHandle::destroyForcibly);
        }
    }
}
