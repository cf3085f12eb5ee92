package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.spillgate.config.HttpConfig;
import io.spillgate.http.Refusal;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Work;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Netty's HTTP/1.1 decoder behind a [HeadScanner]: it sees only heads that were checked, and one
/// request at a time.
///
/// After the last part of a request nothing is decoded until [#next], so pipelined requests wait as
/// bytes and are answered in order. More than [#MAX_WAITING_BYTES] of them stop the reading from
/// the socket; while it is stopped, by whomever, no byte is asked for. What comes all the same is
/// what a client that has left had sent before: the transport reads that to its end, so beyond
/// [#MAX_UNASKED_BYTES] the connection is closed.
///
/// What can't be decoded yet, of a head or behind a request, does not stay in the direct buffer of
/// the read that brought it, but moves to a heap buffer of its own. A request that comes whole is
/// never copied.
final class RequestDecoder extends HttpRequestDecoder {
    private static final int MAX_WAITING_BYTES = 64 * 1024;
    private static final int MAX_UNASKED_BYTES = 64 * 1024;

    /// Room up to this size is not worth a copy.
    private static final int ROOM_BYTES = 1024;

    /// What an object for a field costs besides its bytes, about.
    private static final int FIELD_BYTES = 128;

    private final LoopMeter meter;
    private HeadScanner scanner;
    private HeadLimits limits;
    private boolean inHead = true;
    private boolean waiting;
    private boolean inTrailers;
    private boolean refused;
    private boolean reading;
    private boolean moving;
    private int unaskedBytes;
    private int trailerBytes;
    private Runnable received = () -> {};
    private @Nullable ChannelHandlerContext context;
    private long headStartNanos;
    private long heardNanos;

    /// @param meter of the connection's loop
    RequestDecoder(HeadLimits limits, LoopMeter meter) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(HttpConfig.MAX_HEAD_SIZE)
                        .setMaxHeaderSize(HttpConfig.MAX_HEAD_SIZE)
                        .setMaxChunkSize(16 * 1024));
        this.limits = limits;
        this.meter = meter;
        heardNanos = now();
        scanner = new HeadScanner(limits);
    }

    /// Sets what is done when what a read brought was decoded.
    void onReceived(Runnable task) {
        received = task;
    }

    /// Memory that undecoded bytes and unfinished trailers take, in bytes.
    int heldBytes() {
        ByteBuf rest = internalBuffer();
        return trailerBytes + (rest.isReadable() ? rest.capacity() : 0);
    }

    /// Nothing more is decoded, and what waits is let go.
    void end() {
        refused = true;
        trailerBytes = 0;
        if (!reading && context != null && actualReadableBytes() > 0) {
            decodeMore(context);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /// When the first byte of the head came that is being received; 0 when none has.
    long headStartNanos() {
        return headStartNanos;
    }

    /// When the request began; now, if it was refused with its first byte.
    long requestStartNanos() {
        return headStartNanos == 0 ? now() : headStartNanos;
    }

    /// When the last bytes came; the accept before that.
    long heardNanos() {
        return heardNanos;
    }

    /// Goes on to the next request.
    void next(ChannelHandlerContext ctx, HeadLimits changed) {
        waiting = false;
        headStartNanos = 0;
        if (!changed.equals(limits)) {
            limits = changed;
            scanner = new HeadScanner(changed);
        }
        ctx.channel().config().setAutoRead(true);
        if (reading || actualReadableBytes() == 0) {
            return;
        }
        decodeMore(ctx);
    }

    private void decodeMore(ChannelHandlerContext ctx) {
        try {
            channelRead(ctx, Unpooled.EMPTY_BUFFER);
        } catch (Exception e) {
            ctx.fireExceptionCaught(e);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
        Work before = meter.begin(Work.RECEIVE);
        reading = true;
        heardNanos = now();
        countUnasked(ctx, (ByteBuf) bytes);
        try {
            super.channelRead(ctx, bytes);
            if (internalBuffer().isReadable()) {
                keep(ctx);
            }
            reading = false;
            received.run();
        } finally {
            reading = false;
            meter.end(before);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        trailerBytes = 0;
    }

    /// Stops reading when enough waits, and moves what was not decoded to a buffer of its own size,
    /// unless it is in one.
    private void keep(ChannelHandlerContext ctx) throws Exception {
        ByteBuf rest = internalBuffer();
        if (waiting && rest.readableBytes() > MAX_WAITING_BYTES) {
            ctx.channel().config().setAutoRead(false);
        }
        boolean roomy = rest.capacity() > ROOM_BYTES && rest.capacity() / 4 > rest.readableBytes();
        if (!rest.isDirect() && !roomy) {
            return;
        }
        ByteBuf own = Unpooled.buffer(rest.readableBytes());
        own.writeBytes(rest);
        moving = true;
        try {
            super.channelRead(ctx, own);
        } finally {
            moving = false;
        }
    }

    /// Not Netty's, which reads on from a socket that is not to be read when a read made no
    /// message: bytes that wait never make one.
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
            throws Exception {
        if (moving) {
            return;
        }
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (inHead && (waiting || !scan(in, out))) {
            return;
        }
        if (inTrailers && hasFoldedLine(in)) {
            refused = true;
            in.skipBytes(in.readableBytes());
            LastHttpContent malformed = new DefaultLastHttpContent();
            malformed.setDecoderResult(
                    DecoderResult.failure(new DecoderException("a folded trailer line")));
            out.add(malformed);
            return;
        }
        int begin = in.readerIndex();
        super.decode(ctx, in, out);
        if (out.isEmpty()) {
            countTrailers(in, begin, in.readerIndex());
            inTrailers |= isLastChunk(in, begin, in.readerIndex());
        } else if (out.getLast() instanceof LastHttpContent) {
            inTrailers = false;
            trailerBytes = 0;
            inHead = true;
            waiting = true;
        }
    }

    private long now() {
        return meter.nanoTime().getAsLong();
    }

    private void countUnasked(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (ctx.channel().config().isAutoRead()) {
            unaskedBytes = 0;
            return;
        }
        unaskedBytes += bytes.readableBytes();
        if (unaskedBytes > MAX_UNASKED_BYTES) {
            refused = true;
            ctx.close();
        }
    }

    /// Whether what the decoder took without a message is the line of a chunk of size zero.
    private static boolean isLastChunk(ByteBuf in, int begin, int end) {
        int at = begin;
        while (at < end && in.getByte(at) == '0') {
            at++;
        }
        return at > begin && at < end && Character.digit(in.getByte(at), 16) < 0;
    }

    /// Trailer lines are decoded one by one, and wait as fields for the end.
    private void countTrailers(ByteBuf in, int begin, int end) {
        for (int at = begin; inTrailers && at < end; at++) {
            trailerBytes += in.getByte(at) == '\n' ? FIELD_BYTES : 1;
        }
    }

    /// Netty joins a trailer line that begins with a blank to the one before it (RFC 9112 section
    /// 5.2 forbids both).
    private static boolean hasFoldedLine(ByteBuf in) {
        boolean lineBegins = true;
        for (int at = in.readerIndex(); at < in.writerIndex(); at++) {
            byte b = in.getByte(at);
            if (lineBegins && (b == '\r' || b == '\n')) {
                return false;
            }
            if (lineBegins && (b == ' ' || b == '\t')) {
                return true;
            }
            lineBegins = b == '\n';
        }
        return false;
    }

    /// Whether a whole head is there for the decoder.
    private boolean scan(ByteBuf in, List<Object> out) {
        HeadScanner.Result result = scanner.scan(in);
        if (headStartNanos == 0 && scanner.hasBegun()) {
            headStartNanos = now();
        }
        Refusal refusal = scanner.refusal();
        if (refusal != null) {
            refused = true;
            out.add(new RefusedHead(refusal, scanner.origin(in), scanner.isHead()));
            in.skipBytes(in.readableBytes());
        } else if (result == HeadScanner.Result.COMPLETE) {
            scanner.reset();
            inHead = false;
            return true;
        }
        return false;
    }
}
