package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.Durations;
import io.spillgate.sse.EventStreamType;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Comments for the client of an event stream whose backend is silent, so that nobody on the way
/// takes it for dead (HTML Living Standard, section 9.2.7).
///
/// A comment is one line without a blank line behind it: there are clients that take a blank line
/// for the end of an event once they have seen an id. It goes where a line has ended, be it within
/// an event; not behind a CR, which may be half of a line's end. Not thread safe.
final class StreamKeepalive {
    private static final ByteBuf COMMENT =
            Unpooled.unreleasableBuffer(
                    Unpooled.copiedBuffer(": keepalive\n", StandardCharsets.US_ASCII).asReadOnly());

    /// What may stand before the first line, and nowhere else.
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final long silenceNanos;
    private long lastNanos;
    private boolean lineEnded = true;
    private boolean commented;
    private boolean begun;
    private int markBytes;

    private StreamKeepalive(long silenceNanos, long nowNanos) {
        this.silenceNanos = silenceNanos;
        lastNanos = nowNanos;
    }

    /// For an answer of a route; null when it gets no comments.
    ///
    /// @param silence after which one is due; 0 = never, which most routes have
    /// @param head of the answer
    /// @param nanoTime the clock
    static @Nullable StreamKeepalive of(
            Duration silence, String method, int status, HttpHeaders head, LongSupplier nanoTime) {
        if (silence.isZero()) {
            return null;
        }
        boolean takesMore =
                status == 200
                        && !method.equals("HEAD")
                        && !head.contains(HttpHeaderNames.CONTENT_LENGTH)
                        && !head.contains(HttpHeaderNames.CONTENT_ENCODING);
        return takesMore && EventStreamType.is(head.get(HttpHeaderNames.CONTENT_TYPE))
                ? new StreamKeepalive(Durations.nanos(silence), nanoTime.getAsLong())
                : null;
    }

    /// Notes what goes to the client.
    ///
    /// @param piece handed over
    /// @return what is to go instead, which the caller owns
    ByteBuf passing(ByteBuf piece, long nowNanos) {
        lastNanos = nowNanos;
        ByteBuf rest = commented && !begun ? withoutMark(piece) : piece;
        begun |= rest.isReadable();
        if (rest.isReadable()) {
            lineEnded = rest.getByte(rest.writerIndex() - 1) == '\n';
        }
        return rest;
    }

    /// A comment, if one is due; null when not.
    @Nullable ByteBuf due(long nowNanos) {
        if (nowNanos - lastNanos < silenceNanos || !lineEnded) {
            return null;
        }
        lastNanos = nowNanos;
        commented = true;
        return COMMENT.duplicate();
    }

    /// Behind a comment a mark would be part of a line.
    private ByteBuf withoutMark(ByteBuf piece) {
        while (piece.isReadable() && markBytes < BYTE_ORDER_MARK.length) {
            if (piece.getByte(piece.readerIndex()) != BYTE_ORDER_MARK[markBytes]) {
                ByteBuf half = Unpooled.wrappedBuffer(BYTE_ORDER_MARK, 0, markBytes);
                return Unpooled.wrappedBuffer(half, piece);
            }
            piece.skipBytes(1);
            markBytes++;
        }
        return piece;
    }
}
