package sa.cleanlife.partnerapi.testing;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * A connection pooler like PgBouncer with {@code pool_mode = transaction}: its clients share a few server sessions, each
 * of which passes to another client as soon as no transaction is open. Each of the first clients logs in to the server for
 * one session; the others are accepted without a login.
 */
public final class TransactionPooler implements AutoCloseable {
    /** Which of the free sessions a transaction gets. */
    public enum Order {
        LATEST,
        IN_TURN
    }

    private static final int SSL_REQUEST = 80_877_103;
    private static final int LOGGED_IN = 0;
    private static final int LAST_WORD_OF_SCRAM = 12;

    private final ServerSocket entrance = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final URI database;
    private final Order order;
    private final int sessions;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final BlockingDeque<ServerSession> free = new LinkedBlockingDeque<>();
    private final ByteArrayOutputStream greeting = new ByteArrayOutputStream();
    private int loggedIn;

    private record ServerSession(DataInputStream in, DataOutputStream out) {}

    /** One message of PostgreSQL's protocol, after the connection start-up. */
    private record Message(byte type, Buffer body) {
        static Message read(DataInputStream in) throws IOException {
            var type = in.readByte();
            return new Message(type, Buffer.buffer(in.readNBytes(in.readInt() - Integer.BYTES)));
        }

        void write(DataOutputStream out) throws IOException {
            out.writeByte(type);
            out.writeInt(Integer.BYTES + body.length());
            out.write(body.getBytes());
        }

        boolean is(char letter) {
            return type == letter;
        }
    }

    private TransactionPooler(String database, int sessions, Order order) throws IOException {
        this.database = URI.create(database);
        this.sessions = sessions;
        this.order = order;
    }

    public static TransactionPooler to(String database, int sessions, Order order) throws IOException {
        var pooler = new TransactionPooler(database, sessions, order);
        Thread.ofVirtual().start(pooler::accept);
        return pooler;
    }

    /** The database URL through this pooler. */
    public String url() {
        return database.toString().replace(":" + database.getPort() + "/", ":" + entrance.getLocalPort() + "/");
    }

    private void accept() {
        try {
            while (true) {
                var client = entrance.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // The test has closed the pooler.
        }
    }

    private void serve(Socket client) {
        try (client) {
            var in = new DataInputStream(client.getInputStream());
            var out = new DataOutputStream(client.getOutputStream());
            var startup = startup(in, out);
            synchronized (this) {
                if (loggedIn < sessions) {
                    free.addFirst(logIn(startup, in, out));
                    loggedIn++;
                } else {
                    out.write(greeting.toByteArray());
                }
            }
            for (var message = Message.read(in); !message.is('X'); message = Message.read(in)) {
                transaction(message, in, out);
            }
        } catch (IOException gone) {
            // The test has closed the connection.
        } finally {
            sockets.remove(client);
        }
    }

    private static byte[] startup(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            var body = in.readNBytes(in.readInt() - Integer.BYTES);
            boolean asksForTls = body.length == Integer.BYTES
                    && new DataInputStream(new ByteArrayInputStream(body)).readInt() == SSL_REQUEST;
            if (!asksForTls) {
                return body;
            }
            out.writeByte('N');
        }
    }

    private ServerSession logIn(byte[] startup, DataInputStream in, DataOutputStream out) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), database.getPort());
        sockets.add(socket);
        var session = new ServerSession(
                new DataInputStream(socket.getInputStream()), new DataOutputStream(socket.getOutputStream()));
        session.out().writeInt(Integer.BYTES + startup.length);
        session.out().write(startup);
        greeting.reset();
        var letIn = new DataOutputStream(greeting);
        while (true) {
            var message = Message.read(session.in());
            message.write(out);
            if (!message.is('R') || message.body().getInt(0) == LOGGED_IN) {
                message.write(letIn);
            } else if (message.body().getInt(0) != LAST_WORD_OF_SCRAM) {
                Message.read(in).write(session.out());
            }
            if (message.is('Z')) {
                return session;
            }
        }
    }

    /** Relays from the first message until the server reports that no transaction is open. */
    private void transaction(Message first, DataInputStream in, DataOutputStream out) throws IOException {
        var session = take();
        try {
            transaction(session, first, in, out);
        } finally {
            if (order == Order.LATEST) {
                free.addFirst(session);
            } else {
                free.addLast(session);
            }
        }
    }

    private ServerSession take() throws IOException {
        try {
            return free.takeFirst();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private static void transaction(ServerSession session, Message first, DataInputStream in, DataOutputStream out)
            throws IOException {
        var message = first;
        while (true) {
            message.write(session.out());
            if (message.is('Q') || message.is('S')) {
                var answer = Message.read(session.in());
                for (; !answer.is('Z'); answer = Message.read(session.in())) {
                    answer.write(out);
                }
                answer.write(out);
                if (answer.body().getByte(0) == 'I') {
                    return;
                }
            }
            message = Message.read(in);
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
