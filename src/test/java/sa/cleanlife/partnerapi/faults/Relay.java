package sa.cleanlife.partnerapi.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The network between a client and a server that listens on this machine, for a test to break: it takes connections, and
 * for each makes one to the server. What a fault does to connections that are open lasts; to new ones it is done until
 * {@link #recover}.
 */
public final class Relay implements AutoCloseable {
    private final ServerSocket entrance;
    private final int exit;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger taken = new AtomicInteger();
    private volatile boolean silent;
    private volatile boolean refusing;
    private volatile Duration delay = Duration.ZERO;

    /** In which of a connection's two directions. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    private Relay(ServerSocket entrance, int exit) {
        this.entrance = entrance;
        this.exit = exit;
    }

    public static Relay to(int port) throws IOException {
        var relay = new Relay(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), port);
        Thread.ofVirtual().start(relay::accept);
        return relay;
    }

    public int port() {
        return entrance.getLocalPort();
    }

    /** How many connections so far. */
    public int taken() {
        return taken.get();
    }

    /** Connections stay open and take what is sent, but nothing arrives, ever. */
    public void fallSilent() {
        silent = true;
        links.forEach(link -> link.isSilent = true);
    }

    /** What is sent arrives so much later, and one piece after the other. */
    public void delay(Duration longer) {
        delay = longer;
    }

    /** Connections end in good order, and new ones do as soon as they are made. */
    public void cut() {
        refusing = true;
        links.forEach(Link::close);
    }

    /** Connections that are open end with a reset, as when one side has forgotten them. */
    public void reset() {
        links.forEach(Link::reset);
    }

    /** Of connections that are open, one direction ends: who reads there sees the end, and may still write. */
    public void halfClose(Direction direction) {
        links.forEach(link -> link.end(direction));
    }

    public void recover() {
        silent = false;
        refusing = false;
        delay = Duration.ZERO;
    }

    private void accept() {
        try {
            while (true) {
                var client = entrance.accept();
                taken.incrementAndGet();
                Thread.ofVirtual().start(() -> connect(client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void connect(Socket client) {
        var link = new Link(client, new Socket());
        links.add(link);
        // Not before: who falls silent in between would neither be seen here nor find it there.
        if (silent) {
            link.isSilent = true;
        }
        try {
            if (refusing) {
                link.close();
                return;
            }
            if (!link.isSilent) {
                link.server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), exit));
                client.setTcpNoDelay(true);
                link.server.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> link.pump(Direction.TO_CLIENT));
            }
            link.pump(Direction.TO_SERVER);
        } catch (IOException serverIsAway) {
            link.close();
        }
    }

    /** A connection of a client, and the one to the server that belongs to it. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean isSilent;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Direction direction) {
            var buffer = new byte[16 * 1024];
            try {
                var from = (direction == Direction.TO_SERVER ? client : server).getInputStream();
                for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                    pass(direction, buffer, read);
                }
                if (!isSilent) {
                    end(direction);
                }
            } catch (IOException broken) {
                if (!isSilent) {
                    close();
                }
            }
        }

        private void pass(Direction direction, byte[] buffer, int length) throws IOException {
            if (!delay.isZero()) {
                sleep(delay);
            }
            if (!isSilent) {
                (direction == Direction.TO_SERVER ? server : client)
                        .getOutputStream()
                        .write(buffer, 0, length);
            }
        }

        /** When both directions have, nothing is left of it. */
        void end(Direction direction) {
            try {
                (direction == Direction.TO_SERVER ? server : client).shutdownOutput();
                if (server.isOutputShutdown() && client.isOutputShutdown()) {
                    close();
                }
            } catch (IOException alreadyClosed) {
                close();
            }
        }

        void reset() {
            try {
                client.setSoLinger(true, 0);
                server.setSoLinger(true, 0);
            } catch (IOException alreadyClosed) {
                // There is nobody left to notice.
            }
            close();
        }

        void close() {
            links.remove(this);
            try (client;
                    server) {
                // Each is closed, also when the other does not close.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        links.forEach(Link::close);
    }
}
