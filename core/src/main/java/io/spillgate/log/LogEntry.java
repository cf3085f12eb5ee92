package io.spillgate.log;

import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

/// One event in a log, shared by everyone who gets it.
public final class LogEntry {
    private static final int OVERHEAD_BYTES = 112;

    private final Event event;
    private final int bytes;
    private final long index;
    private final long sequence;
    private final long epochNanos;
    private final long endByte;
    private final String id;
    private final String topic;

    /// Subscribers that hold this entry beyond the log's window; guarded by the lock of the logs.
    int pins;

    LogEntry(
            Event event,
            String topic,
            long index,
            long sequence,
            long epochNanos,
            long startByte,
            String id) {
        this.event = event;
        bytes = event.bytes(id);
        this.index = index;
        this.sequence = sequence;
        this.epochNanos = epochNanos;
        this.endByte = startByte + bytes;
        this.id = id;
        this.topic = topic;
    }

    /// What was published.
    public Event event() {
        return event;
    }

    /// Bytes of its data, type and id, by which queues and histories are bounded.
    public int bytes() {
        return bytes;
    }

    /// The position in its topic's log, rising by one.
    public long index() {
        return index;
    }

    /// The position in the order of all topics.
    public long sequence() {
        return sequence;
    }

    /// When it was published, in nanoseconds since 1970, by the clock of who ordered it.
    public long epochNanos() {
        return epochNanos;
    }

    /// Bytes of the topic's events up to the end of this one, since the log began.
    public long endByte() {
        return endByte;
    }

    /// Bytes of the topic's events before this one, since the log began.
    public long startByte() {
        return endByte - bytes;
    }

    /// The id as the clients see it.
    public String id() {
        return id;
    }

    /// Where it was published.
    public String topic() {
        return topic;
    }

    /// The publisher's own id of the event; null when it gave none.
    @Nullable String publisherId() {
        return event.id();
    }

    /// What this entry costs in memory, in bytes.
    int footprint() {
        return (int) footprint(bytes, 1);
    }

    /// What so many events cost that have so many bytes.
    static long footprint(long bytes, long events) {
        return bytes + events * OVERHEAD_BYTES;
    }
}
