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
 * Lets a client close its sending side after its requests, as {@code nc -N} does, and still receive the responses. By
 * default the end of the input would end the connection, and the requests would be executed without a response. The
 * connection is closed after the last response, or at once if none is pending. Each connection has its own instance.
 */
public final class HalfCloseHandler extends ChannelDuplexHandler {
    /** The client closed its sending side in the middle of a request body. */
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
        // The caller learns the outcome from the promise.
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

    /** Ends the body for its reader, which sees from the decoder result that the body is incomplete. */
    private void endCutShort(ChannelHandlerContext context, HttpRequest request) {
        request.setDecoderResult(DecoderResult.failure(new BodyCutShortException()));
        arriving = null;
        context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        context.fireChannelReadComplete();
    }

    /** Deferred until Vert.x has finished the response that it is writing. Closing flushes all pending output first. */
    private void closeWhenAnswered(ChannelHandlerContext context) {
        if (hasInputEnded && unanswered <= 0) {
            context.executor().execute(() -> {
                var _ = context.channel().close();
            });
        }
    }
}
