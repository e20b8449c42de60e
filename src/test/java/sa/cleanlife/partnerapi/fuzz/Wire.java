package sa.cleanlife.partnerapi.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A connection that sends any bytes, and accepts only strict HTTP/1.1 as a response. It waits for a silent server no
 * longer than the given timeout.
 */
public final class Wire implements AutoCloseable {
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2}) [ -~]*");
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~]*)");
    private static final int LONGEST_HEAD = 32 * 1024;

    private final Socket socket;
    private final InputStream in;

    /** A response; header names are in lower case. */
    public record Reply(int status, Map<String, String> headers, String body) {}

    /** The received bytes are not a response, or only part of one. */
    public static final class MalformedReply extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedReply(String what) {
            super(what);
        }
    }

    /** Nothing was received within the timeout. */
    public static final class Silence extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static Wire to(int port) {
        try {
            var socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            return new Wire(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether all of it was sent; a server that has closed the connection accepts no more. */
    public boolean send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException ended) {
            return false;
        }
    }

    /** Shuts down the sending side. */
    public void finish() {
        try {
            socket.shutdownOutput();
        } catch (IOException ended) {
            // The other side has closed the connection already.
        }
    }

    /** The next response; empty when the server closes the connection instead. */
    public Optional<Reply> reply(boolean withBody, Duration timeout) throws MalformedReply, Silence {
        try {
            socket.setSoTimeout((int) timeout.toMillis());
            var first = readLine();
            return first.isEmpty() ? Optional.empty() : Optional.of(reply(first.get(), withBody));
        } catch (SocketTimeoutException e) {
            throw new Silence();
        } catch (SocketException reset) {
            // A reset closes the connection too: the server had unread bytes.
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reply reply(String statusLine, boolean withBody) throws IOException, MalformedReply {
        var status = STATUS_LINE.matcher(statusLine);
        if (!status.matches()) {
            throw new MalformedReply("no status line: " + statusLine);
        }
        var headers = new HashMap<String, String>();
        for (var line = lineOfHead(); !line.isEmpty(); line = lineOfHead()) {
            var header = HEADER.matcher(line);
            if (!header.matches()) {
                throw new MalformedReply("no header: " + line);
            }
            var name = header.group(1).toLowerCase(Locale.ROOT);
            if (headers.put(name, header.group(2).strip()) != null) {
                throw new MalformedReply("a header twice: " + name);
            }
        }
        var code = Integer.parseInt(status.group(1));
        return new Reply(code, headers, withBody && code != 204 && code >= 200 ? body(headers) : "");
    }

    private String body(Map<String, String> headers) throws IOException, MalformedReply {
        var length = headers.get("content-length");
        if (length == null || !length.matches("[0-9]{1,7}")) {
            throw new MalformedReply("content-length: " + length);
        }
        var bytes = in.readNBytes(Integer.parseInt(length));
        if (bytes.length < Integer.parseInt(length)) {
            throw new MalformedReply("a body that ends after %d of %s bytes".formatted(bytes.length, length));
        }
        var text = new String(bytes, UTF_8);
        if (text.getBytes(UTF_8).length != bytes.length) {
            throw new MalformedReply("a body that is not UTF-8");
        }
        return text;
    }

    private String lineOfHead() throws IOException, MalformedReply {
        return readLine().orElseThrow(() -> new MalformedReply("a head that ends with its connection"));
    }

    /** A line up to CR LF, without them; empty when the connection is closed before the line begins. */
    private Optional<String> readLine() throws IOException, MalformedReply {
        var line = new StringBuilder();
        for (var c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n' && !line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
                return Optional.of(line.substring(0, line.length() - 1));
            }
            line.append((char) c);
            if (line.length() > LONGEST_HEAD) {
                throw new MalformedReply("a line without end");
            }
        }
        if (line.isEmpty()) {
            return Optional.empty();
        }
        throw new MalformedReply("half a line: " + line);
    }

    public static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
