package sa.cleanlife.partnerapi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network between a server and its database that can fall silent: connections stay open and take what is sent, but
 * nothing arrives, ever. Those made after it has recovered work.
 */
final class Relay implements AutoCloseable {
    private final ServerSocket entrance;
    private final int exit;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger recoveries = new AtomicInteger();
    private volatile boolean silent;

    private Relay(ServerSocket entrance, int exit) {
        this.entrance = entrance;
        this.exit = exit;
    }

    static Relay to(int port) throws IOException {
        var relay = new Relay(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), port);
        Thread.ofVirtual().start(relay::accept);
        return relay;
    }

    int port() {
        return entrance.getLocalPort();
    }

    void fallSilent() {
        silent = true;
    }

    void recover() {
        recoveries.incrementAndGet();
        silent = false;
    }

    private void accept() {
        try {
            while (true) {
                var near = entrance.accept();
                sockets.add(near);
                if (!silent) {
                    var far = new Socket(InetAddress.getLoopbackAddress(), exit);
                    sockets.add(far);
                    int born = recoveries.get();
                    Thread.ofVirtual().start(() -> pump(near, far, born));
                    Thread.ofVirtual().start(() -> pump(far, near, born));
                }
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void pump(Socket from, Socket to, int born) {
        var buffer = new byte[8192];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                if (!silent && born == recoveries.get()) {
                    to.getOutputStream().write(buffer, 0, read);
                }
            }
            if (!silent && born == recoveries.get()) {
                from.close();
                to.close();
            }
        } catch (IOException closed) {
            // By the other pump, or because the test is over.
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        for (var socket : sockets) {
            socket.close();
        }
    }
}
