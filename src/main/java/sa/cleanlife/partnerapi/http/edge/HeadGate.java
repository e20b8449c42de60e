package sa.cleanlife.partnerapi.http.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * Makes a malformed request of one that the HTTP decoder lets through although nobody can know what it means: with another
 * version than HTTP/1.1 or 1.0, or a transfer encoding other than chunked. It shuts with it: what has already arrived behind
 * such a request, and may be a part of it, never becomes a request. Closing the connection would be too late for that. One
 * for each connection.
 */
public final class HeadGate extends ChannelInboundHandlerAdapter {
    /** Where the body ends is not known. */
    @SuppressWarnings("serial") // never serialised
    public static final class TransferEncodingException extends Exception {
        TransferEncodingException() {
            super("a transfer encoding other than chunked", null, false, false);
        }
    }

    /** Vert.x would answer by itself, with a bare 501, and would begin any answer with the name that was sent. */
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
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isShut) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            look(request);
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

    /** Others may be equal, such as {@code http/1.1}; Vert.x knows these two objects alone. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOurs(HttpVersion version) {
        return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
    }

    private static boolean isChunkedAlone(HttpRequest request) {
        var codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst());
    }
}
