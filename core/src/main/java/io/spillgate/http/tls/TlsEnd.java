package io.spillgate.http.tls;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.spillgate.net.Cut;
import io.spillgate.net.Faults;

/// What a client does to a connection's TLS after the handshake: its closing alert is the end of
/// the connection, as a FIN is, and whatever breaks the protocol, too. One serves all connections.
@Sharable
final class TlsEnd extends ChannelInboundHandlerAdapter {
    private final Faults faults;

    TlsEnd(Faults faults) {
        this.faults = faults;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            ctx.channel().close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (HandshakeFailure.isOfTheClient(cause)) {
            Cut.now(ctx.channel());
        } else {
            faults.close(ctx.channel(), cause);
        }
    }
}
