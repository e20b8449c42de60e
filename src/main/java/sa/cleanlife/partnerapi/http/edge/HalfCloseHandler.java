package sa.cleanlife.partnerapi.http.edge;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Answers a client that closes its half of the connection once it has sent its requests, as {@code nc -N} does. Otherwise
 * the end of the input would end the connection, and the requests would be carried out without an answer. The connection is
 * closed when all requests on it are answered, and at once when there are none. One for each connection.
 */
public final class HalfCloseHandler extends ChannelDuplexHandler {
    /** The input ended within a request's body. */
    @SuppressWarnings("serial") // never serialised
    public static final class BodyCutShortException extends Exception {
        BodyCutShortException() {
            super("the input ended within the body", null, false, false);
        }
    }

    private @Nullable HttpRequest arriving;
    private int unanswered;
    private boolean hasInputEnded;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            arriving = request;
            unanswered++;
        }
        if (message instanceof LastHttpContent) {
            arriving = null;
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        // Who writes is told by the promise.
        var _ = context.write(message, promise);
        if (message instanceof LastHttpContent && !isInterim(message)) {
            unanswered--;
            closeWhenAnswered(context);
        }
    }

    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            hasInputEnded = true;
            if (arriving != null) {
                endCutShort(context, arriving);
            }
            closeWhenAnswered(context);
        }
        context.fireUserEventTriggered(event);
    }

    /** Its reader gets an end of the body, and learns from the request's result that it is not the real one. */
    private void endCutShort(ChannelHandlerContext context, HttpRequest request) {
        request.setDecoderResult(DecoderResult.failure(new BodyCutShortException()));
        arriving = null;
        context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        context.fireChannelReadComplete();
    }

    /** Not before Vert.x has done with the response that it is writing. Its way of closing writes everything out first. */
    private void closeWhenAnswered(ChannelHandlerContext context) {
        if (hasInputEnded && unanswered <= 0) {
            context.executor().execute(() -> {
                var _ = context.channel().close();
            });
        }
    }
}
