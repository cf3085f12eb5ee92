package io.spillgate.hub;

import io.spillgate.log.LogEntry;
import io.spillgate.sse.LineMark;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Bytes that one stream gets by itself: a message of the hub, or an event that is not part of a
/// batch.
final class PendingWrite {
    /// Nothing to write.
    static final PendingWrite NONE = control(new byte[0]);

    private final Kind kind;
    private final byte @Nullable [] bytes;
    private final @Nullable Wire wire;
    private final int end;
    private final @Nullable LogEntry entry;
    private final @Nullable Cursor cursor;
    private final LineMark mark = new LineMark();
    private int position;

    private PendingWrite(Kind kind, byte[] bytes, @Nullable Cursor cursor) {
        this.kind = kind;
        this.bytes = bytes;
        this.cursor = cursor;
        wire = null;
        entry = null;
        end = bytes.length;
    }

    private PendingWrite(Kind kind, LogEntry entry, Wire wire, int taken, Cursor cursor) {
        this.kind = kind;
        this.entry = entry;
        this.wire = wire;
        this.cursor = cursor;
        bytes = null;
        end = wire.length(entry);
        position = taken;
    }

    /// What a write means for its stream.
    enum Kind {
        /// A comment, or the opening of the stream.
        CONTROL,
        /// The end of the stream.
        LAST,
        /// Tells of a cursor's hole, which counts as told when the first byte was taken.
        NOTICE,
        /// An event, which leaves its cursor's queue when the first byte was taken.
        EVENT,
        /// The rest of an event whose beginning was taken as part of a batch.
        REST
    }

    static PendingWrite control(byte[] bytes) {
        return new PendingWrite(Kind.CONTROL, bytes, null);
    }

    static PendingWrite last(byte[] bytes) {
        return new PendingWrite(Kind.LAST, bytes, null);
    }

    static PendingWrite notice(byte[] bytes, Cursor cursor) {
        return new PendingWrite(Kind.NOTICE, bytes, cursor);
    }

    static PendingWrite event(LogEntry entry, Wire wire, Cursor cursor) {
        return new PendingWrite(Kind.EVENT, entry, wire, 0, cursor);
    }

    /// @param taken bytes that the socket has
    static PendingWrite rest(LogEntry entry, Wire wire, int taken, Cursor cursor) {
        return new PendingWrite(Kind.REST, entry, wire, taken, cursor);
    }

    Kind kind() {
        return kind;
    }

    /// The event of an [Kind#EVENT] or [Kind#REST].
    @Nullable LogEntry entry() {
        return entry;
    }

    /// The cursor that moves on when the first byte is taken: that of a [Kind#NOTICE] or
    /// [Kind#EVENT].
    @Nullable Cursor cursor() {
        return kind == Kind.REST ? null : cursor;
    }

    /// The topic of a [Kind#EVENT] or [Kind#REST].
    @Nullable Topic topic() {
        return cursor == null ? null : cursor.topic();
    }

    boolean isDone() {
        return position == end;
    }

    /// Whether not a byte was taken yet.
    boolean isUntouched() {
        return position == 0;
    }

    /// Writes the rest, a buffer's length at a time.
    ///
    /// @param buffer a direct buffer to copy through
    /// @return how many bytes the target took
    int writeTo(WritableByteChannel target, ByteBuffer buffer) throws IOException {
        int total = 0;
        while (position < end) {
            fill(buffer.clear());
            int length = buffer.flip().remaining();
            int written = target.write(buffer);
            position += written;
            total += written;
            if (written < length) {
                break;
            }
        }
        return total;
    }

    private void fill(ByteBuffer buffer) {
        if (bytes != null) {
            buffer.put(bytes, position, Math.min(end - position, buffer.remaining()));
        } else if (wire != null && entry != null) {
            wire.put(entry, position, buffer, mark);
        }
    }
}
