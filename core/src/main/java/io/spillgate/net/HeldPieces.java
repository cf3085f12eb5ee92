package io.spillgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/// Pieces of a body that wait for their turn, in order. Not thread safe.
///
/// A piece is a part of the large direct buffer of a read. What waits for longer than that read is
/// to be settled: copied, all together, to a heap buffer of its own size.
public final class HeldPieces {
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(2);
    private int unsettled;

    /// Nothing waits.
    public HeldPieces() {}

    /// Adds a piece behind the others.
    ///
    /// @param piece retained here
    public void add(ByteBuf piece) {
        pieces.add(piece.retain());
        unsettled++;
    }

    /// Whether nothing waits.
    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /// The first piece, which stays; null when nothing waits.
    public @Nullable ByteBuf first() {
        return pieces.peek();
    }

    /// Takes the first piece; null when nothing waits.
    ///
    /// @return to be released by the caller
    public @Nullable ByteBuf poll() {
        ByteBuf piece = pieces.poll();
        unsettled = Math.min(unsettled, pieces.size());
        return piece;
    }

    /// Bytes that wait.
    public int bytes() {
        int sum = 0;
        for (ByteBuf piece : pieces) {
            sum += piece.readableBytes();
        }
        return sum;
    }

    /// Moves what came since the last call to memory of its own.
    ///
    /// @return bytes that wait
    public int settle() {
        if (unsettled > 0) {
            moveUnsettled();
        }
        return pieces.isEmpty() ? 0 : bytes();
    }

    /// Lets everything go.
    public void release() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
        unsettled = 0;
    }

    private void moveUnsettled() {
        ArrayDeque<ByteBuf> parts = new ArrayDeque<>(unsettled);
        int sum = 0;
        for (; unsettled > 0; unsettled--) {
            ByteBuf part = pieces.removeLast();
            sum += part.readableBytes();
            parts.addFirst(part);
        }
        ByteBuf own = Unpooled.buffer(sum, sum);
        for (ByteBuf part : parts) {
            own.writeBytes(part);
            part.release();
        }
        pieces.add(own);
    }
}
