package io.spillgate.sse;

import java.nio.ByteBuffer;

/// Takes parts of a text in their order, and keeps of them what lies between an offset and the end
/// of a buffer. Not thread safe.
public final class ByteWindow {
    private final ByteBuffer to;
    private int skip;

    /// @param from how many of the first bytes are left out
    /// @param to gets the others, as many as it has room for
    public ByteWindow(int from, ByteBuffer to) {
        this.to = to;
        skip = from;
    }

    /// How many of the next bytes lie before the window.
    int skipped() {
        return skip;
    }

    /// The next part, of which only the length is known, all before the window.
    void pass(int bytes) {
        skip -= bytes;
    }

    /// Whether nothing more fits.
    public boolean isFull() {
        return !to.hasRemaining();
    }

    /// The next part.
    public void put(byte[] bytes) {
        put(bytes, 0, bytes.length);
    }

    /// The next part.
    public void put(byte[] bytes, int offset, int length) {
        if (skip >= length) {
            skip -= length;
            return;
        }
        int count = Math.min(length - skip, to.remaining());
        to.put(bytes, offset + skip, count);
        skip = 0;
    }
}
