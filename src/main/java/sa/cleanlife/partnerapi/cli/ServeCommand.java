package sa.cleanlife.partnerapi.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import sa.cleanlife.partnerapi.Sandbox;
import sa.cleanlife.partnerapi.Server;
import sa.cleanlife.partnerapi.Settings;
import sa.cleanlife.partnerapi.logging.Logging;

/** {@code serve}: runs the server until it is stopped. */
@Command(
        name = "serve",
        description = "Runs the server until SIGTERM or Ctrl-C. Its settings are environment variables.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    /** The time for a start in progress to create the server that can then be stopped. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final Supplier<Settings> source;
    private final Clock clock;

    ServeCommand(Supplier<Settings> settings, Clock clock) {
        this.source = settings;
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        var settings = source.get();
        var server = new CompletableFuture<Server>();
        var onSignal = new Thread(() -> stop(server), "stop");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            server.complete(new Server(settings, clock));
            Logging.countLostLines(server.join().meters());
            server.join().start();
        } catch (Throwable e) {
            if (isWithdrawn(onSignal)) {
                if (server.isDone()) {
                    server.join().close();
                }
                throw e;
            }
            // A signal interrupted the start; the shutdown hook, which is running, ends the process.
            server.completeExceptionally(e);
        }
        if (!server.isCompletedExceptionally() && server.join().isServing()) {
            greet(settings, server.join(), new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        }
        // The server's threads do not keep the process alive; this one does, until the shutdown hook ends it.
        new CountDownLatch(1).await();
        return 0;
    }

    private static boolean isWithdrawn(Thread onSignal) {
        try {
            return Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException alreadyAtWork) {
            return false;
        }
    }

    private static void stop(CompletableFuture<Server> server) {
        int exitCode = 0;
        try {
            LOG.info("server is stopping; accepted requests are finished first");
            server.get(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS).close();
            LOG.info("server stopped");
        } catch (ExecutionException nothingToStop) {
            LOG.info("server stopped before it was started");
        } catch (Exception e) {
            LOG.error("server stop failed", e);
            exitCode = 1;
        }
        Logging.stop();
        // After an exit, the process would have the exit code of the signal.
        Runtime.getRuntime().halt(exitCode);
    }

    private static void greet(Settings settings, Server server, PrintWriter out) {
        var api = new ServerUrl(settings.host(), server.port());
        out.printf("The Partner API serves %s%s (reference: /docs).%n", api, api.others());
        out.printf(
                "Health and metrics: %s (/health/live, /health/ready, /metrics).%n",
                new ServerUrl(settings.managementHost(), server.managementPort()));
        if (server.sandboxKey().isPresent()) {
            out.printf(
                    "This database is new. Here is a key of the partner %s, shown this once; try it:%n%n",
                    Sandbox.PARTNER);
            out.printf(
                    "  curl -w '\\n' %s/v1/partners/contacts -H 'x-api-key: %s' -H 'content-type: application/json' -d '{\"phone\":\"+966500000000\",\"name\":\"Ahmed Ali\"}'%n%n",
                    api, server.sandboxKey().get().reveal());
        } else {
            out.println("To issue a key: ./partner-api key issue --partner NAME --permission partner_contacts_read");
        }
    }
}
