package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.spillgate.http.Response;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// Closes connections so that the last answer arrives: stop writing, read and discard, then close.
///
/// A socket that is closed while it has unread bytes resets the connection, and the peer may lose
/// an answer that it has already received (RFC 9112 section 9.6). The number of sockets that linger
/// is bounded; above it they are closed at once. Thread safe.
public final class Lingering {
    /// As nginx's lingering_timeout.
    private static final long MAX_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

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

    /// Answers an accepted connection that nobody serves, and closes it at once.
    public static void turnAway(Channel channel, Response response, HttpHeaders policy) {
        channel.writeAndFlush(Framing.whole(channel.alloc(), response, policy, false, true, false))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /// Answers a connection on which nothing was served, and closes it.
    ///
    /// @param mostNanos how long it lingers; 0 = it has no place
    public static void turnAway(
            ChannelHandlerContext ctx,
            Response response,
            HttpHeaders policy,
            long mostNanos,
            LongSupplier nanoTime) {
        ByteBuf answer = Framing.whole(ctx.alloc(), response, policy, false, true, false);
        close(ctx, ctx.writeAndFlush(answer), () -> mostNanos, nanoTime);
    }

    /// Closes a channel; nothing that it still receives reaches another handler.
    ///
    /// @param written completes when the last answer is in the socket
    /// @param mostNanos how long it lingers, asked again and again, since a shutdown has less time;
    ///   0 at first: it has no place, and is closed as soon as the answer is in the socket
    /// @param nanoTime the clock
    static void close(
            ChannelHandlerContext ctx,
            ChannelFuture written,
            LongSupplier mostNanos,
            LongSupplier nanoTime) {
        if (mostNanos.getAsLong() == 0) {
            ctx.channel().config().setAutoRead(false);
            written.addListener(_ -> ctx.close());
            return;
        }
        ctx.channel().config().setAutoRead(true);
        Discard discard = new Discard(ctx.channel(), mostNanos, nanoTime);
        ctx.pipeline().addFirst(discard);
        written.addListener(_ -> discard.stopWriting());
    }

    /// Throws away what arrives, until the time is over or nothing comes.
    private static final class Discard extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final LongSupplier mostNanos;
        private final LongSupplier nanoTime;
        private long beganNanos;
        private long heardNanos;
        private @Nullable Future<?> look;

        Discard(Channel channel, LongSupplier mostNanos, LongSupplier nanoTime) {
            this.channel = channel;
            this.mostNanos = mostNanos;
            this.nanoTime = nanoTime;
        }

        void stopWriting() {
            SslHandler tls = channel.pipeline().get(SslHandler.class);
            if (tls == null) {
                ((DuplexChannel) channel).shutdownOutput();
            } else {
                tls.closeOutbound().addListener(_ -> ((DuplexChannel) channel).shutdownOutput());
            }
            beganNanos = nanoTime.getAsLong();
            heardNanos = beganNanos;
            look();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            heardNanos = nanoTime.getAsLong();
            ReferenceCountUtil.release(bytes);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (look != null) {
                look.cancel(false);
            }
            ctx.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }

        private void look() {
            long now = nanoTime.getAsLong();
            long leftNanos =
                    Math.min(
                            beganNanos + mostNanos.getAsLong() - now,
                            heardNanos + MAX_SILENCE_NANOS - now);
            if (leftNanos <= 0) {
                channel.close();
            } else if (channel.isOpen()) {
                long nextNanos = Math.min(leftNanos, LOOK_NANOS);
                look = channel.eventLoop().schedule(this::look, nextNanos, TimeUnit.NANOSECONDS);
            }
        }
    }
}
