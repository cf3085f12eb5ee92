package io.spillgate.broker;

import io.spillgate.sse.Frame;

import org.jspecify.annotations.Nullable;

/// One event in a log, encoded once and shared by everyone who gets it.
public final class LogEntry {
    private static final int OVERHEAD_BYTES = 112;

    private final Frame frame;
    private final long index;
    private final long sequence;
    private final long publishedNanos;
    private final long endByte;
    private final String id;
    private final @Nullable String publisherId;

    /// Subscribers that hold this entry beyond the log's window; guarded by the broker's lock.
    int pins;

    LogEntry(
            Frame frame,
            long index,
            long sequence,
            long publishedNanos,
            long startByte,
            String id,
            @Nullable String publisherId) {
        this.frame = frame;
        this.index = index;
        this.sequence = sequence;
        this.publishedNanos = publishedNanos;
        this.endByte = startByte + frame.length();
        this.id = id;
        this.publisherId = publisherId;
    }

    /// The encoded event.
    public Frame frame() {
        return frame;
    }

    /// The position in its topic's log, rising by one.
    public long index() {
        return index;
    }

    /// The position in the order of all topics.
    public long sequence() {
        return sequence;
    }

    /// When it was published, by the broker's clock.
    public long publishedNanos() {
        return publishedNanos;
    }

    /// Bytes of the topic's events up to the end of this one, since the log began.
    public long endByte() {
        return endByte;
    }

    /// Bytes of the topic's events before this one, since the log began.
    public long startByte() {
        return endByte - frame.length();
    }

    /// The id as the clients see it.
    public String id() {
        return id;
    }

    /// The publisher's own id of the event; null when it gave none.
    @Nullable String publisherId() {
        return publisherId;
    }

    /// What this entry costs in memory, in bytes.
    int footprint() {
        return footprint(frame);
    }

    static int footprint(Frame frame) {
        return (int) footprint(frame.length(), 1);
    }

    /// What so many events cost that have so many bytes.
    static long footprint(long bytes, long events) {
        return bytes + events * OVERHEAD_BYTES;
    }
}
