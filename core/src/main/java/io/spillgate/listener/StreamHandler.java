package io.spillgate.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.spillgate.hub.Subscriber;

/// The only handler of an open event stream: discards what the client sends, which is no activity
/// of the stream, and notices when it goes.
final class StreamHandler extends ChannelInboundHandlerAdapter {
    private final Subscriber subscriber;

    StreamHandler(Subscriber subscriber) {
        this.subscriber = subscriber;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        ReferenceCountUtil.release(bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        subscriber.gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        subscriber.broken();
        ctx.close();
    }
}
