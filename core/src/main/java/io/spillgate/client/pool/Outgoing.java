package io.spillgate.client.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpHeaders;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.function.Consumer;

/// What a connection writes: the heads of requests, and the body of the one that streams. Confined
/// to the channel's loop.
final class Outgoing {
    private static final byte[] CRLF = {'\r', '\n'};

    private final Channel channel;
    private final RequestEncoder encoder;
    private final ChannelFutureListener written;
    private long bytesLeft;
    private boolean upgraded;
    private @Nullable ChannelFuture last;

    /// @param over called at the end of each write
    /// @param failed gets what kept a write from the socket; failures of the socket itself are left
    ///   to the reading side
    Outgoing(Channel channel, RequestEncoder encoder, Runnable over, Consumer<Throwable> failed) {
        this.channel = channel;
        this.encoder = encoder;
        written =
                write -> {
                    over.run();
                    if (!write.isSuccess() && !(write.cause() instanceof IOException)) {
                        failed.accept(write.cause());
                    }
                };
    }

    /// Writes the head, and a body that is there.
    ///
    /// @return completes when the head is written
    ChannelFuture begin(PoolRequest request) {
        assert channel.eventLoop().inEventLoop();
        ByteBuf head = encoder.head(channel.alloc(), request);
        return switch (request.body()) {
            case Body.None _ -> noted(channel.writeAndFlush(head));
            case Body.Held held -> {
                ChannelFuture fate = channel.write(head);
                noted(channel.writeAndFlush(held.bytes().retainedDuplicate())).addListener(written);
                yield fate;
            }
            case Body.Streamed streamed -> {
                bytesLeft = streamed.length();
                yield noted(channel.writeAndFlush(head));
            }
        };
    }

    /// A piece of a streamed body, or raw bytes after an upgrade.
    ///
    /// @param piece released here
    void write(Body body, ByteBuf piece) {
        assert channel.eventLoop().inEventLoop();
        boolean chunked =
                !upgraded && body instanceof Body.Streamed streamed && streamed.length() < 0;
        int size = piece.readableBytes();
        bytesLeft -= size;
        if (!chunked || size == 0) {
            noted(channel.writeAndFlush(piece)).addListener(written);
            return;
        }
        channel.write(RequestEncoder.chunkHead(channel.alloc(), size)).addListener(written);
        channel.write(piece).addListener(written);
        noted(channel.writeAndFlush(Unpooled.wrappedBuffer(CRLF))).addListener(written);
    }

    /// The end of a streamed body, or of everything after an upgrade.
    ///
    /// @return whether the body was as long as announced
    boolean end(Body body, HttpHeaders trailers) {
        assert channel.eventLoop().inEventLoop();
        if (upgraded) {
            ((DuplexChannel) channel).shutdownOutput();
            return true;
        }
        if (!(body instanceof Body.Streamed streamed) || streamed.length() >= 0) {
            return bytesLeft == 0;
        }
        noted(channel.writeAndFlush(RequestEncoder.lastChunk(channel.alloc(), trailers)))
                .addListener(written);
        return true;
    }

    /// Whether the socket has taken all that was written.
    boolean isWritten() {
        return last == null || last.isDone();
    }

    private ChannelFuture noted(ChannelFuture write) {
        last = write;
        return write;
    }

    /// From here on bytes go out as they are.
    void upgrade() {
        upgraded = true;
    }
}
