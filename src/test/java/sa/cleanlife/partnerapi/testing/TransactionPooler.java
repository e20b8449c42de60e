package sa.cleanlife.partnerapi.testing;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A connection pooler like PgBouncer with {@code pool_mode = transaction}: all its clients share one server session,
 * which passes to another client as soon as no transaction is open. The first client logs in to the server; the others
 * are accepted without a login.
 */
public final class TransactionPooler implements AutoCloseable {
    private static final int SSL_REQUEST = 80_877_103;
    private static final int LOGGED_IN = 0;
    private static final int LAST_WORD_OF_SCRAM = 12;

    private final ServerSocket entrance = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final URI database;
    private final Socket server;
    private final DataInputStream fromServer;
    private final DataOutputStream toServer;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final ByteArrayOutputStream greeting = new ByteArrayOutputStream();

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

    private TransactionPooler(String database) throws IOException {
        this.database = URI.create(database);
        this.server = new Socket(InetAddress.getLoopbackAddress(), this.database.getPort());
        this.fromServer = new DataInputStream(server.getInputStream());
        this.toServer = new DataOutputStream(server.getOutputStream());
    }

    public static TransactionPooler to(String database) throws IOException {
        var pooler = new TransactionPooler(database);
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
                clients.add(client);
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
                if (greeting.size() == 0) {
                    toServer.writeInt(Integer.BYTES + startup.length);
                    toServer.write(startup);
                    logIn(in, out);
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
            clients.remove(client);
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

    private void logIn(DataInputStream in, DataOutputStream out) throws IOException {
        var loggedIn = new DataOutputStream(greeting);
        while (true) {
            var message = Message.read(fromServer);
            message.write(out);
            if (!message.is('R') || message.body().getInt(0) == LOGGED_IN) {
                message.write(loggedIn);
            } else if (message.body().getInt(0) != LAST_WORD_OF_SCRAM) {
                Message.read(in).write(toServer);
            }
            if (message.is('Z')) {
                return;
            }
        }
    }

    /** Relays from the first message until the server reports that no transaction is open. */
    private synchronized void transaction(Message first, DataInputStream in, DataOutputStream out) throws IOException {
        var message = first;
        while (true) {
            message.write(toServer);
            if (message.is('Q') || message.is('S')) {
                var answer = Message.read(fromServer);
                for (; !answer.is('Z'); answer = Message.read(fromServer)) {
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
        server.close();
        for (var client : clients) {
            client.close();
        }
    }
}
