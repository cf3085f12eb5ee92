package io.spillgate.hub;

import io.spillgate.http.BodyFraming;
import io.spillgate.log.LogEntry;
import io.spillgate.sse.ByteWindow;
import io.spillgate.sse.Chunks;
import io.spillgate.sse.EventText;
import io.spillgate.sse.LineMark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The event-stream format (WHATWG HTML section 9.2), with or without chunks around it.
public enum SseWire implements Wire {
    /// Each event and notice is one HTTP/1.1 chunk (RFC 9112 section 7.1).
    CHUNKED {
        @Override
        public int length(LogEntry entry) {
            return Chunks.length(EventText.length(entry.event(), entry.id()));
        }

        @Override
        public void put(LogEntry entry, int from, ByteBuffer to, LineMark mark) {
            ByteWindow window = new ByteWindow(from, to);
            Chunks.begin(EventText.length(entry.event(), entry.id()), window);
            EventText.put(entry.event(), entry.id(), window, mark);
            Chunks.end(window);
        }

        @Override
        byte[] framed(byte[] text) {
            ByteBuffer chunk = ByteBuffer.allocate(Chunks.length(text.length));
            ByteWindow window = new ByteWindow(0, chunk);
            Chunks.begin(text.length, window);
            window.put(text);
            Chunks.end(window);
            return chunk.array();
        }

        @Override
        public byte[] end() {
            return LAST_CHUNK;
        }
    },

    /// Nothing but the text.
    BARE {
        @Override
        public int length(LogEntry entry) {
            return EventText.length(entry.event(), entry.id());
        }

        @Override
        public void put(LogEntry entry, int from, ByteBuffer to, LineMark mark) {
            EventText.put(entry.event(), entry.id(), new ByteWindow(from, to), mark);
        }

        @Override
        byte[] framed(byte[] text) {
            return text;
        }

        @Override
        public byte[] end() {
            return NOTHING;
        }
    };

    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};
    private static final byte[] KEEPALIVE_CHUNK = CHUNKED.framed(StreamText.KEEPALIVE);

    /// The one for a stream whose connection frames its body like this.
    public static SseWire of(BodyFraming framing) {
        return framing == BodyFraming.CHUNKS ? CHUNKED : BARE;
    }

    @Override
    public byte[] notice(Notice notice) {
        return switch (notice) {
            case Notice.Keepalive _ -> this == CHUNKED ? KEEPALIVE_CHUNK : StreamText.KEEPALIVE;
            case Notice.Opening opening -> framed(StreamText.opening(opening));
            case Notice.Overflow overflow -> framed(StreamText.overflow(overflow));
            case Notice.Shutdown shutdown -> framed(StreamText.shutdown(shutdown));
        };
    }

    /// The bytes of a text that is not empty.
    abstract byte[] framed(byte[] text);
}
