package io.spillgate.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.spillgate.net.AddressText;
import io.spillgate.net.Loops;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Counts who comes out of the kernel's accept queue of a listening socket; and pauses a socket
/// that can't accept, mostly because no descriptor is left, and says so.
///
/// Those who connect meanwhile wait in the queue. Confined to the socket's loop.
final class AcceptQueue extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptQueue.class);
    private static final long PAUSE_SECONDS = 1;

    private long accepted;

    /// Has a task run when one turn of the loop has accepted nobody, so that the queue is empty, or
    /// when the time is over.
    ///
    /// @param nanoTime the clock of `untilNanos`
    void whenEmpty(EventLoop loop, LongSupplier nanoTime, long untilNanos, Runnable task) {
        assert loop.inEventLoop();
        long before = accepted;
        Loops.inNextTurn(
                loop,
                () -> {
                    if (accepted == before || nanoTime.getAsLong() - untilNanos >= 0) {
                        task.run();
                    } else {
                        whenEmpty(loop, nanoTime, untilNanos, task);
                    }
                });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object connection) {
        accepted++;
        ctx.fireChannelRead(connection);
    }

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
