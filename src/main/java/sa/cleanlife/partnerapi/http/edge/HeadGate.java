package sa.cleanlife.partnerapi.http.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.Arrays;
import java.util.List;

/**
 * Marks requests as malformed that the HTTP decoder accepts although their meaning is ambiguous: another version than
 * HTTP/1.1 or 1.0, or a transfer encoding other than chunked. After such a request the gate drops all further input of
 * the connection, which may be part of that request and must not become a request of its own; closing the connection
 * would be too late for that. Lists in the header Connection are reduced to what Vert.x understands. Each connection
 * has its own instance.
 */
public final class HeadGate extends ChannelInboundHandlerAdapter {
    /** The end of the body is unknown. */
    @SuppressWarnings("serial") // never serialised
    public static final class TransferEncodingException extends Exception {
        TransferEncodingException() {
            super("a transfer encoding other than chunked", null, false, false);
        }
    }

    /**
     * By default Vert.x would send a bare 501 by itself, and would begin any response with the version that was sent.
     */
    @SuppressWarnings("serial") // never serialised
    static final class VersionException extends Exception {
        VersionException() {
            super("neither HTTP/1.1 nor HTTP/1.0", null, false, false);
        }
    }

    private boolean isShut;

    static void putBefore(HttpConnection connection) {
        var handler = ((HttpServerConnection) connection).channelHandlerContext();
        handler.pipeline().addBefore(handler.name(), "headGate", new HeadGate());
        handler.pipeline().addBefore(handler.name(), "halfClose", new HalfCloseHandler());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isShut) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            look(request);
            reduceConnectionOptions(request);
        }
        context.fireChannelRead(message);
    }

    private void look(HttpRequest request) {
        if (!isOurs(request.protocolVersion())) {
            request.setProtocolVersion(HttpVersion.HTTP_1_1);
            shut(request, new VersionException());
        } else if (request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING) && !isChunkedAlone(request)) {
            shut(request, new TransferEncodingException());
        }
    }

    private void shut(HttpRequest request, Exception why) {
        isShut = true;
        if (request.decoderResult().isSuccess()) {
            request.setDecoderResult(DecoderResult.failure(why));
        }
    }

    /** Vert.x recognises {@code close} and {@code keep-alive} only alone in a line, not in a list. */
    private static void reduceConnectionOptions(HttpRequest request) {
        var lines = request.headers().getAll(HttpHeaderNames.CONNECTION);
        if (lines.isEmpty() || (lines.size() == 1 && lines.getFirst().indexOf(',') < 0)) {
            return;
        }
        for (var option : List.of(HttpHeaderValues.CLOSE, HttpHeaderValues.KEEP_ALIVE)) {
            if (lines.stream().anyMatch(line -> hasOption(line, option))) {
                request.headers().set(HttpHeaderNames.CONNECTION, option);
                return;
            }
        }
    }

    private static boolean hasOption(String line, AsciiString option) {
        return Arrays.stream(line.split(",", -1)).anyMatch(each -> option.contentEqualsIgnoreCase(each.strip()));
    }

    /**
     * Compares by identity, since Vert.x knows these two objects only; other versions may be equal to them, such as
     * {@code http/1.1}.
     */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOurs(HttpVersion version) {
        return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
    }

    private static boolean isChunkedAlone(HttpRequest request) {
        var codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst());
    }
}
