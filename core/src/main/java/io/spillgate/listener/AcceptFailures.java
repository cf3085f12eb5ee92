package io.spillgate.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.spillgate.net.AddressText;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;

/// Pauses a listening socket that can't accept, mostly because no descriptor is left, and says so.
///
/// Those who connect meanwhile wait in the kernel's accept queue.
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
    private static final long PAUSE_SECONDS = 1;

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!ctx.channel().config().isAutoRead()) {
            return;
        }
        LOG.warn(
                "accept_failed address={} cause=\"{}\" paused_seconds={} fix=\"raise ulimit -n\"",
                AddressText.of(ctx.channel().localAddress()),
                cause.getMessage(),
                PAUSE_SECONDS);
        ctx.channel().config().setAutoRead(false);
        ctx.executor()
                .schedule(
                        () -> ctx.channel().config().setAutoRead(true),
                        PAUSE_SECONDS,
                        TimeUnit.SECONDS);
    }
}
