package io.spillgate.hub;

import io.spillgate.broker.LogEntry;
import io.spillgate.sse.LineMark;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Bytes that one stream gets by itself: a message of the hub, or an event that is not part of a
/// run.
final class Piece {
    /// Nothing to write.
    static final Piece NONE = control(new byte[0]);

    private final Kind kind;
    private final byte @Nullable [] bytes;
    private final @Nullable Wire wire;
    private final int end;
    private final @Nullable LogEntry entry;
    private final @Nullable Subscription subscription;
    private final LineMark mark = new LineMark();
    private int position;

    private Piece(Kind kind, byte[] bytes, @Nullable Subscription subscription) {
        this.kind = kind;
        this.bytes = bytes;
        this.subscription = subscription;
        wire = null;
        entry = null;
        end = bytes.length;
    }

    private Piece(Kind kind, LogEntry entry, Wire wire, int taken, Subscription subscription) {
        this.kind = kind;
        this.entry = entry;
        this.wire = wire;
        this.subscription = subscription;
        bytes = null;
        end = wire.length(entry);
        position = taken;
    }

    /// What a piece means for its stream.
    enum Kind {
        /// A comment, or the opening of the stream.
        CONTROL,
        /// The end of the stream.
        LAST,
        /// Tells of a subscription's hole, which counts as told when the first byte was taken.
        NOTICE,
        /// An event, which leaves its subscription's queue when the first byte was taken.
        EVENT,
        /// The rest of an event whose beginning was taken as part of a run.
        REST
    }

    static Piece control(byte[] bytes) {
        return new Piece(Kind.CONTROL, bytes, null);
    }

    static Piece last(byte[] bytes) {
        return new Piece(Kind.LAST, bytes, null);
    }

    static Piece notice(byte[] bytes, Subscription subscription) {
        return new Piece(Kind.NOTICE, bytes, subscription);
    }

    static Piece event(LogEntry entry, Wire wire, Subscription subscription) {
        return new Piece(Kind.EVENT, entry, wire, 0, subscription);
    }

    /// @param taken bytes that the socket has
    static Piece rest(LogEntry entry, Wire wire, int taken, Subscription subscription) {
        return new Piece(Kind.REST, entry, wire, taken, subscription);
    }

    Kind kind() {
        return kind;
    }

    /// The event of an [Kind#EVENT] or [Kind#REST].
    @Nullable LogEntry entry() {
        return entry;
    }

    /// The subscription that moves on when the first byte is taken: that of a [Kind#NOTICE] or
    /// [Kind#EVENT].
    @Nullable Subscription subscription() {
        return kind == Kind.REST ? null : subscription;
    }

    /// The topic of a [Kind#EVENT] or [Kind#REST].
    @Nullable TopicShard topic() {
        return subscription == null ? null : subscription.topic();
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
