package io.spillgate.hub;

import io.spillgate.http.BodyFraming;
import io.spillgate.log.LogEntry;
import io.spillgate.sse.ByteWindow;
import io.spillgate.sse.Chunks;
import io.spillgate.sse.EventText;
import io.spillgate.sse.LineMark;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The event-stream format (WHATWG HTML section 9.2).
public enum SseWire implements Wire {
    /// Each event and notice is one HTTP/1.1 chunk (RFC 9112 section 7.1).
    CHUNKED(true, false),

    /// The same, with a line `topic` in each event.
    CHUNKED_WITH_TOPIC(true, true),

    /// Nothing but the text.
    BARE(false, false),

    /// The same, with a line `topic` in each event.
    BARE_WITH_TOPIC(false, true);

    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};
    private static final byte[] KEEPALIVE_CHUNK = CHUNKED.framed(StreamText.KEEPALIVE);

    private final boolean chunked;
    private final boolean namesTopic;

    SseWire(boolean chunked, boolean namesTopic) {
        this.chunked = chunked;
        this.namesTopic = namesTopic;
    }

    /// The one for a stream whose connection frames its body like this.
    ///
    /// @param namesTopic whether each event says its topic
    public static SseWire of(BodyFraming framing, boolean namesTopic) {
        if (framing == BodyFraming.CHUNKS) {
            return namesTopic ? CHUNKED_WITH_TOPIC : CHUNKED;
        }
        return namesTopic ? BARE_WITH_TOPIC : BARE;
    }

    @Override
    public int length(LogEntry entry) {
        int length = EventText.length(entry.event(), entry.id(), topic(entry));
        return chunked ? Chunks.length(length) : length;
    }

    @Override
    public void put(LogEntry entry, int from, ByteBuffer to, LineMark mark) {
        ByteWindow window = new ByteWindow(from, to);
        String topic = topic(entry);
        if (chunked) {
            Chunks.begin(EventText.length(entry.event(), entry.id(), topic), window);
        }
        EventText.put(entry.event(), entry.id(), topic, window, mark);
        if (chunked) {
            Chunks.end(window);
        }
    }

    @Override
    public byte[] notice(Notice notice) {
        return switch (notice) {
            case Notice.Keepalive _ -> chunked ? KEEPALIVE_CHUNK : StreamText.KEEPALIVE;
            case Notice.Opening opening -> framed(StreamText.opening(opening));
            case Notice.Overflow overflow -> framed(StreamText.overflow(overflow));
            case Notice.Shutdown shutdown -> framed(StreamText.shutdown(shutdown));
        };
    }

    @Override
    public byte[] end() {
        return chunked ? LAST_CHUNK : NOTHING;
    }

    private @Nullable String topic(LogEntry entry) {
        return namesTopic ? entry.topic() : null;
    }

    /// The bytes of a text that is not empty.
    private byte[] framed(byte[] text) {
        if (!chunked) {
            return text;
        }
        ByteBuffer chunk = ByteBuffer.allocate(Chunks.length(text.length));
        ByteWindow window = new ByteWindow(0, chunk);
        Chunks.begin(text.length, window);
        window.put(text);
        Chunks.end(window);
        return chunk.array();
    }
}
