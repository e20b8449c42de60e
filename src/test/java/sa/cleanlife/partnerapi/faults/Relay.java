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
 * A breakable network between a client and a server on this machine: it accepts connections and opens one to the server
 * for each. A fault's effect on open connections is permanent; new connections suffer it until {@link #recover}.
 */
public final class Relay implements AutoCloseable {
    private final ServerSocket entrance;
    private final int exit;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger taken = new AtomicInteger();
    private volatile boolean silent;
    private volatile boolean refusing;
    private volatile Duration delay = Duration.ZERO;

    /** One of a connection's two directions. */
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

    /** The number of connections so far. */
    public int taken() {
        return taken.get();
    }

    /** Connections stay open and accept data, but deliver none, ever. */
    public void fallSilent() {
        silent = true;
        links.forEach(link -> link.isSilent = true);
    }

    /** Data arrives after this additional delay, in order. */
    public void delay(Duration longer) {
        delay = longer;
    }

    /** Connections are closed in order, and new ones as soon as they are accepted. */
    public void cut() {
        refusing = true;
        links.forEach(Link::close);
    }

    /** Open connections are closed with a reset, as when one side has lost its state. */
    public void reset() {
        links.forEach(Link::reset);
    }

    /** On open connections one direction ends: its reader sees the end of the stream, and may still write. */
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
            // The test has closed the relay.
        }
    }

    private void connect(Socket client) {
        var link = new Link(client, new Socket());
        links.add(link);
        // Checked after adding the link: otherwise a network that falls silent in between would miss it.
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

    /** A client's connection together with the one to the server. */
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

        /** When both directions have ended, the link is closed. */
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
                // The other side is gone already.
            }
            close();
        }

        void close() {
            links.remove(this);
            try (client;
                    server) {
                // Try-with-resources closes each connection even if the other fails to close.
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
