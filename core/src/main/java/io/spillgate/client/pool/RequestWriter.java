package io.spillgate.client.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.ClientConfig;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/// Writes the requests of one connection as HTTP/1.1 (RFC 9112): heads, and the body of the one
/// that streams. Confined to the channel's loop.
final class RequestWriter {
    private static final int CRLF = '\r' << 8 | '\n';
    private static final int COLON_SPACE = ':' << 8 | ' ';
    private static final byte[] CHUNK_END = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};

    private final Channel channel;
    private final String userAgent;
    private final int headBytes;
    private final ChannelFutureListener written;
    private long bytesLeft;
    private boolean upgraded;
    private @Nullable ChannelFuture last;

    /// @param over called at the end of each write
    /// @param failed gets what kept a write from the socket; failures of the socket itself are left
    ///   to the reading side
    RequestWriter(Channel channel, ClientConfig config, Runnable over, Consumer<Throwable> failed) {
        this.channel = channel;
        userAgent = config.userAgentHeader();
        headBytes = (int) config.requestHeaderSizeHint().bytes();
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
        ByteBuf head = head(channel.alloc(), request, userAgent, headBytes);
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
        channel.write(chunkHead(channel.alloc(), size)).addListener(written);
        channel.write(piece).addListener(written);
        noted(channel.writeAndFlush(Unpooled.wrappedBuffer(CHUNK_END))).addListener(written);
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
        noted(channel.writeAndFlush(lastChunk(channel.alloc(), trailers))).addListener(written);
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

    /// The head of a request, with the framing of its body.
    ///
    /// @param userAgent for requests without one; empty = none
    /// @param sizeHint first size of the buffer, in bytes
    static ByteBuf head(
            ByteBufAllocator allocator, PoolRequest request, String userAgent, int sizeHint) {
        ByteBuf out = allocator.directBuffer(sizeHint);
        ByteBufUtil.writeAscii(out, request.method());
        out.writeByte(' ');
        ByteBufUtil.writeAscii(out, request.target());
        ByteBufUtil.writeAscii(out, " HTTP/1.1\r\n");
        headers(out, request.headers());
        switch (request.body()) {
            case Body.None _ -> {}
            case Body.Held held -> length(out, held.bytes().readableBytes());
            case Body.Streamed streamed when streamed.length() >= 0 ->
                    length(out, streamed.length());
            case Body.Streamed _ -> header(out, "Transfer-Encoding", "chunked");
        }
        if (!userAgent.isEmpty() && !request.headers().contains(HttpHeaderNames.USER_AGENT)) {
            header(out, "User-Agent", userAgent);
        }
        if (request.upgrade() != null) {
            header(out, "Connection", "Upgrade");
            header(out, "Upgrade", request.upgrade());
        }
        return out.writeShort(CRLF);
    }

    /// What stands before the bytes of a chunk; a CRLF follows them.
    private static ByteBuf chunkHead(ByteBufAllocator allocator, int size) {
        ByteBuf out = allocator.directBuffer(10);
        ByteBufUtil.writeAscii(out, Integer.toHexString(size));
        return out.writeShort(CRLF);
    }

    /// The end of a chunked body.
    private static ByteBuf lastChunk(ByteBufAllocator allocator, HttpHeaders trailers) {
        ByteBuf out = allocator.directBuffer(64).writeBytes(LAST_CHUNK);
        headers(out, trailers);
        return out.writeShort(CRLF);
    }

    private static void headers(ByteBuf out, HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> one = all.next();
            header(out, one.getKey(), one.getValue());
        }
    }

    private static void length(ByteBuf out, long length) {
        header(out, "Content-Length", Long.toString(length));
    }

    private static void header(ByteBuf out, CharSequence name, CharSequence value) {
        ByteBufUtil.writeAscii(out, name);
        out.writeShort(COLON_SPACE);
        ByteBufUtil.writeAscii(out, value);
        out.writeShort(CRLF);
    }
}
