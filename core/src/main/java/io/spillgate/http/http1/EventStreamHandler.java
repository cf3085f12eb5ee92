package io.spillgate.http.http1;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.spillgate.http.EventStream;

/// The only handler of an open event stream: discards what the client sends, which is no activity
/// of the stream, and notices when it goes.
final class EventStreamHandler extends ChannelInboundHandlerAdapter {
    private final EventStream stream;

    EventStreamHandler(EventStream stream) {
        this.stream = stream;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        ReferenceCountUtil.release(bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stream.gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        stream.broken();
        ctx.close();
    }
}
