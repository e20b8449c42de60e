package sa.cleanlife.partnerapi.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import sa.cleanlife.partnerapi.testing.DataDirectory;
import sa.cleanlife.partnerapi.testing.Launched;
import sa.cleanlife.partnerapi.testing.LoadClient;

/** A packaged server on fixed ports, with breakable networks to its clients and to its database. */
final class ServerNode implements AutoCloseable {
    private final Relay clientLink;
    private final Relay databaseLink;
    private final DataDirectory place;
    private final Map<String, String> environment;
    private final int managementPort;
    private Launched process;

    /**
     * Starts the server and waits until it serves.
     *
     * @param place the directory of its logs
     */
    ServerNode(Path place, String databaseUrl) throws Exception {
        int port;
        int databasePort = URI.create(databaseUrl).getPort();
        this.place = DataDirectory.of(place.resolve("none"));
        // The sockets stay open until all ports are chosen, so that none is chosen twice.
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var freeForManagement = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
            this.managementPort = freeForManagement.getLocalPort();
            this.clientLink = Relay.to(port);
            this.databaseLink = Relay.to(databasePort);
        }
        this.environment = Map.of(
                "PARTNER_API_PORT", Integer.toString(port),
                "PARTNER_API_MANAGEMENT_PORT", Integer.toString(managementPort),
                "PARTNER_API_DATABASE_URL",
                        databaseUrl.replace(":" + databasePort + "/", ":" + databaseLink.port() + "/")
                                + "?sslmode=disable");
        try {
            this.process = Launched.serve(this.place, environment);
        } catch (Exception | Error e) {
            closeLinks();
            throw e;
        }
    }

    /** The port for clients. */
    int port() {
        return clientLink.port();
    }

    Relay clientLink() {
        return clientLink;
    }

    Relay databaseLink() {
        return databaseLink;
    }

    boolean isReady(LoadClient client) {
        return client.get(managementPort, "/health/ready")
                .map(reply -> reply.status() == 200)
                .otherwise(false)
                .await();
    }

    void kill() throws InterruptedException {
        process.kill();
    }

    void restart() throws Exception {
        process = Launched.serve(place, environment);
    }

    private void closeLinks() throws IOException {
        try (clientLink;
                databaseLink) {
            // Try-with-resources closes each even if the other fails to close.
        }
    }

    @Override
    public void close() throws IOException {
        try {
            process.close();
        } finally {
            closeLinks();
        }
    }
}
