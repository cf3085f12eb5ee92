package io.spillgate.hub;

import io.spillgate.log.EventLog;
import io.spillgate.log.LogEntry;
import io.spillgate.sse.LineMark;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/// Consecutive events of one topic laid out for one write on one wire, used by every subscriber
/// that is at the same place.
///
/// Confined to one loop, as [Subscriber] asserts. A batch holds as many events as fit; none when
/// already the first one is too large.
final class Batch {
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_EVENTS = 1024;

    /// Nothing is marked while an event is written from its first byte.
    private static final LineMark NO_MARK = new LineMark();

    private final Wire wire;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(MAX_BYTES);
    private final int[] ends = new int[MAX_EVENTS];
    private final LogEntry[] entries = new LogEntry[MAX_EVENTS];
    private @Nullable EventLog log;
    private boolean full;
    private long from;
    private int count;

    Batch(Wire wire) {
        this.wire = wire;
    }

    /// Whether this batch begins there and goes as far as `to`, or as far as any batch can.
    boolean covers(EventLog otherLog, long otherFrom, long to) {
        return log == otherLog && from == otherFrom && (full || from + count >= to);
    }

    /// Lays out the events from one index to another (exclusive), as far as they fit.
    void assemble(EventLog source, long first, long to) {
        int found = source.read(first, to, entries);
        log = source;
        from = first;
        count = 0;
        bytes.clear();
        while (count < found && put(entries[count])) {
            ends[count++] = bytes.position();
        }
        full = count < to - first;
    }

    /// Lets go of the events, so that memory is not held by a topic that fell silent.
    void clear() {
        log = null;
        java.util.Arrays.fill(entries, null);
    }

    /// How many of the first `wanted` events are here.
    int count(long wanted) {
        return (int) Math.min(count, wanted);
    }

    /// The bytes of the first events, to be written from its position; valid until the next call.
    ByteBuffer bytes(int events) {
        return bytes.limit(ends[events - 1]).position(0);
    }

    /// How many events end within the first `written` bytes.
    int completeWithin(int written, int events) {
        int low = 0;
        int high = events;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] <= written) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Where an event of this batch ends.
    int end(int event) {
        return event < 0 ? 0 : ends[event];
    }

    LogEntry entry(int event) {
        return entries[event];
    }

    private boolean put(LogEntry entry) {
        if (wire.length(entry) > bytes.remaining()) {
            return false;
        }
        wire.put(entry, 0, bytes, NO_MARK);
        return true;
    }
}
