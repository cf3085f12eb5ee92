package io.spillgate.local;

import io.spillgate.log.LogEntry;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// An event as a subscription of this process gets it. Immutable as long as nobody writes into
/// [#data].
public final class ReceivedEvent {
    private final LogEntry entry;

    ReceivedEvent(LogEntry entry) {
        this.entry = entry;
    }

    /// Where it was published.
    public String topic() {
        return entry.topic();
    }

    /// The id as all subscribers see it, to go on behind: [StreamStart#after].
    public String id() {
        return entry.id();
    }

    /// The `event` field; `message` where the publisher gave none.
    public String type() {
        String type = entry.event().type();
        return type == null ? "message" : type;
    }

    /// The data byte for byte as it was published, UTF-8; the array that all subscribers share, not
    /// a copy. HTTP writes each CR, LF and CRLF in it as an end of a line.
    public byte[] data() {
        return entry.event().data();
    }

    /// The data as text.
    public String text() {
        return new String(data(), StandardCharsets.UTF_8);
    }

    /// When it was published, by the clock of who ordered it.
    public Instant published() {
        return Instant.ofEpochSecond(0, entry.epochNanos());
    }

    @Override
    public String toString() {
        return topic() + " " + id() + " " + type() + " " + data().length + " bytes";
    }
}
