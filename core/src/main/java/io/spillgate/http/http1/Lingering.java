package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Closes connections so that the last answer arrives: stop writing, read and discard, then close.
///
/// A socket that is closed while it has unread bytes resets the connection, and the peer may lose
/// an answer that it has already received (RFC 9112 section 9.6). The number of sockets that linger
/// is bounded; above it they are closed at once. Thread safe.
public final class Lingering {
    private static final int MAX_DISCARDED_BYTES = 64 * 1024;
    private static final long MAX_SECONDS = 2;

    private final int limit;
    private final AtomicInteger count = new AtomicInteger();

    /// @param limit most sockets that linger at once
    public Lingering(int limit) {
        this.limit = limit;
    }

    /// Sockets that linger now.
    public int count() {
        return count.get();
    }

    /// Takes a place for a channel until it is closed; false when all are taken.
    public boolean enter(Channel channel) {
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            return false;
        }
        channel.closeFuture().addListener(_ -> count.decrementAndGet());
        return true;
    }

    /// Closes a channel; nothing that it still receives reaches another handler.
    ///
    /// @param written completes when the last answer is in the socket
    /// @param lingers whether it has a place; else it is closed as soon as the answer is in the
    ///   socket
    static void close(ChannelHandlerContext ctx, ChannelFuture written, boolean lingers) {
        if (!lingers) {
            ctx.channel().config().setAutoRead(false);
            written.addListener(_ -> ctx.close());
            return;
        }
        ctx.channel().config().setAutoRead(true);
        ctx.pipeline().addFirst(new Discard());
        written.addListener(_ -> stopWriting(ctx));
    }

    private static void stopWriting(ChannelHandlerContext ctx) {
        ((DuplexChannel) ctx.channel()).shutdownOutput();
        Future<?> end =
                ctx.executor().schedule(() -> ctx.channel().close(), MAX_SECONDS, TimeUnit.SECONDS);
        ctx.channel().closeFuture().addListener(_ -> end.cancel(false));
    }

    /// Throws away what arrives, up to a bound.
    private static final class Discard extends ChannelInboundHandlerAdapter {
        private int discarded;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            discarded += ((ByteBuf) bytes).readableBytes();
            ReferenceCountUtil.release(bytes);
            if (discarded > MAX_DISCARDED_BYTES) {
                ctx.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
