package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import java.util.function.Consumer;

/// Takes one certain frame out of a stream of frames, wherever the stream is cut into pieces.
///
/// At the beginning of a frame bytes are held back as long as they are the same as those of the
/// frame that is looked for; what turns out to be another frame is passed on after all.
final class PongFilter {
    private final FrameTracker tracker;
    private final ByteBuf unwanted;
    private int matched;

    /// @param unwanted the whole frame, at least two bytes
    PongFilter(FrameTracker tracker, byte[] unwanted) {
        this.tracker = tracker;
        this.unwanted = Unpooled.wrappedBuffer(unwanted);
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
            boolean frameBegins = matched > 0 || tracker.isBetweenFrames();
            if (frameBegins && piece.getByte(at) == unwanted.getByte(matched)) {
                pass(piece, kept, at, out);
                at++;
                kept = at;
                matched = (matched + 1) % unwanted.readableBytes();
            } else if (matched > 0) {
                tracker.pass(unwanted, 0, matched);
                pass(unwanted, 0, matched, out);
                matched = 0;
            } else {
                at = tracker.pass(piece, at, end);
            }
        }
        pass(piece, kept, end, out);
    }

    private static void pass(ByteBuf from, int begin, int end, Consumer<ByteBuf> out) {
        if (begin < end) {
            out.accept(from.retainedSlice(begin, end - begin));
        }
    }
}
