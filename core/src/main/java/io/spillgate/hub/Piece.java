package io.spillgate.hub;

import io.spillgate.broker.LogEntry;
import io.spillgate.sse.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/// Bytes that one stream gets in one go: a message of its own, or an event that is written by itself.
///
/// A piece commits when its first byte was taken; until then it may be replaced.
final class Piece {
    private final byte[] bytes;
    private final int end;
    private final @Nullable LogEntry entry;
    private final boolean last;
    private @Nullable Subscription uncommitted;
    private int position;

    private Piece(byte[] bytes, int position, int end, @Nullable LogEntry entry, boolean last) {
        this.bytes = bytes;
        this.position = position;
        this.end = end;
        this.entry = entry;
        this.last = last;
    }

    /// A comment, or the opening of the stream.
    static Piece control(byte[] bytes) {
        return new Piece(bytes, 0, bytes.length, null, false);
    }

    /// The end of the stream.
    static Piece last(byte[] bytes) {
        return new Piece(bytes, 0, bytes.length, null, true);
    }
}
