package io.spillgate.hub;

import io.spillgate.broker.LogEntry;
import io.spillgate.sse.Frame;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Bytes that one stream gets by itself: a message of the hub, or an event that is not part of a
/// run.
final class Piece {
    /// Nothing to write.
    static final Piece NONE = new Piece(Kind.CONTROL, new byte[0], 0, 0, null, null);

    private final Kind kind;
    private final byte[] bytes;
    private final int start;
    private final int end;
    private final @Nullable LogEntry entry;
    private final @Nullable Subscription subscription;
    private int position;

    private Piece(
            Kind kind,
            byte[] bytes,
            int start,
            int end,
            @Nullable LogEntry entry,
            @Nullable Subscription subscription) {
        this.kind = kind;
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.entry = entry;
        this.subscription = subscription;
        position = start;
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
        return new Piece(Kind.CONTROL, bytes, 0, bytes.length, null, null);
    }

    static Piece last(byte[] bytes) {
        return new Piece(Kind.LAST, bytes, 0, bytes.length, null, null);
    }

    static Piece notice(byte[] bytes, Subscription subscription) {
        return new Piece(Kind.NOTICE, bytes, 0, bytes.length, null, subscription);
    }

    static Piece event(LogEntry entry, boolean chunked, Subscription subscription) {
        return event(Kind.EVENT, entry, chunked, subscription);
    }

    static Piece rest(LogEntry entry, boolean chunked, int taken, Subscription subscription) {
        Piece piece = event(Kind.REST, entry, chunked, subscription);
        piece.position += taken;
        return piece;
    }

    private static Piece event(
            Kind kind, LogEntry entry, boolean chunked, Subscription subscription) {
        Frame frame = entry.frame();
        int start = chunked ? 0 : frame.payloadStart();
        int end = chunked ? frame.length() : frame.payloadEnd();
        return new Piece(kind, frame.bytes(), start, end, entry, subscription);
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
        return position == start;
    }

    /// Writes the rest, a buffer's length at a time.
    ///
    /// @param buffer a direct buffer to copy through
    /// @return how many bytes the target took
    int writeTo(WritableByteChannel target, ByteBuffer buffer) throws IOException {
        int total = 0;
        while (position < end) {
            int length = Math.min(end - position, buffer.capacity());
            buffer.clear().put(bytes, position, length).flip();
            int written = target.write(buffer);
            position += written;
            total += written;
            if (written < length) {
                break;
            }
        }
        return total;
    }
}
