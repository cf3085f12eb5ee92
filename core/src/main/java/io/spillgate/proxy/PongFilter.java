package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import java.util.function.Consumer;

/// Takes the pongs with one certain payload out of a stream of frames, wherever the stream is cut
/// into pieces (RFC 6455 section 5.5.3).
///
/// At the beginning of a frame bytes are held back as long as they may be such a pong; what turns
/// out to be another frame is passed on after all.
final class PongFilter {
    private static final int PONG = 0x8a;
    private static final int MASKED = 0x80;
    private static final int HEAD_BYTES = 2;
    private static final int MASK_BYTES = 4;

    private final FrameTracker tracker;
    private final byte[] payload;
    private final int maskBytes;
    private final ByteBuf held;
    private final Runnable found;

    /// @param payload at least one byte, at most 125
    /// @param masked whether the frames are masked, as those of a client are
    /// @param found is run for each that is taken out
    PongFilter(FrameTracker tracker, byte[] payload, boolean masked, Runnable found) {
        this.tracker = tracker;
        this.payload = payload;
        this.found = found;
        maskBytes = masked ? MASK_BYTES : 0;
        held = Unpooled.buffer(HEAD_BYTES + maskBytes + payload.length);
    }

    /// Hands on everything else.
    ///
    /// @param piece released by the caller
    /// @param out gets pieces, each of which it releases
    void filter(ByteBuf piece, Consumer<ByteBuf> out) {
        int kept = piece.readerIndex();
        int at = kept;
        int end = piece.writerIndex();
        while (at < end) {
            boolean frameBegins = held.isReadable() || tracker.isBetweenFrames();
            if (frameBegins && isNext(piece.getByte(at))) {
                pass(piece, kept, at, out);
                hold(piece.getByte(at));
                at++;
                kept = at;
            } else if (held.isReadable()) {
                tracker.pass(held, 0, held.writerIndex());
                out.accept(held.copy());
                held.clear();
            } else {
                at = tracker.pass(piece, at, end);
            }
        }
        pass(piece, kept, end, out);
    }

    /// Whether the frame that is held may go on with this byte.
    private boolean isNext(byte next) {
        int at = held.writerIndex();
        if (at == 0) {
            return next == (byte) PONG;
        }
        if (at == 1) {
            return next == (byte) ((maskBytes == 0 ? 0 : MASKED) | payload.length);
        }
        int place = at - HEAD_BYTES - maskBytes;
        if (place < 0) {
            return true;
        }
        int mask = maskBytes == 0 ? 0 : held.getByte(HEAD_BYTES + place % MASK_BYTES);
        return (next ^ mask) == payload[place];
    }

    private void hold(byte next) {
        held.writeByte(next);
        if (!held.isWritable()) {
            held.clear();
            found.run();
        }
    }

    private static void pass(ByteBuf from, int begin, int end, Consumer<ByteBuf> out) {
        if (begin < end) {
            out.accept(from.retainedSlice(begin, end - begin));
        }
    }
}
