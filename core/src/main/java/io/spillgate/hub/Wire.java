package io.spillgate.hub;

import io.spillgate.log.LogEntry;
import io.spillgate.sse.LineMark;

import java.nio.ByteBuffer;

/// How events and notices look on one kind of stream. No state; any thread.
///
/// Every loop lays out an event once for each wire ([Batches]), however many subscribers get it.
public interface Wire {
    /// Bytes of an event.
    int length(LogEntry entry);

    /// Writes the bytes of an event from an offset on, as many as the buffer has room for.
    ///
    /// @param mark belongs to this event and whoever writes it from one offset after the other
    void put(LogEntry entry, int from, ByteBuffer to, LineMark mark);

    /// The bytes of a notice.
    byte[] notice(Notice notice);

    /// What ends the stream; nothing where only the end of the connection does.
    byte[] end();
}
