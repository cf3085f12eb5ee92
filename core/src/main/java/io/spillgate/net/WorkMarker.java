package io.spillgate.net;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// The first handler of a channel all of whose events are one kind of work. One serves all channels
/// of a loop.
@Sharable
public final class WorkMarker extends ChannelInboundHandlerAdapter {
    private final LoopMeter meter;
    private final Work work;

    /// @param meter of the channels' loop
    public WorkMarker(LoopMeter meter, Work work) {
        this.meter = meter;
        this.work = work;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Work before = meter.begin(work);
        try {
            ctx.fireChannelRead(message);
        } finally {
            meter.end(before);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        meter.run(work, ctx::fireChannelReadComplete);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        meter.run(work, ctx::fireChannelWritabilityChanged);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        meter.run(work, ctx::fireChannelInactive);
    }
}
