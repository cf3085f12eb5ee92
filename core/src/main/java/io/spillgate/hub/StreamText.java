package io.spillgate.hub;

import io.spillgate.broker.ResumePoint.Gap;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Json;
import io.spillgate.sse.EventEncoder;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The messages of the hub itself, as bytes of an event stream.
final class StreamText {
    static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
    static final byte[] KEEPALIVE = ascii(": keepalive\n\n");
    static final byte[] KEEPALIVE_CHUNK = EventEncoder.chunk(KEEPALIVE);

    private StreamText() {}

    /// What every stream begins with (seed 001: an initial comment gets through buffering proxies).
    ///
    /// @param gap what can't be replayed; null when nothing is missing
    /// @param anchor an id for a client that gets no event to begin with: without data it sets the
    ///   last event id and dispatches nothing (WHATWG HTML section 9.2.6); it stands behind the
    ///   notice, which has no id; null for none
    static String opening(long retryMillis, @Nullable Gap gap, @Nullable String anchor) {
        String id = anchor == null ? "" : "id: " + anchor + "\n";
        String retry = ":ok\n\nretry: " + retryMillis + "\n";
        if (gap == null) {
            return retry + id + "\n";
        }
        return retry + "\n" + gap(gap) + (id.isEmpty() ? "" : id + "\n");
    }

    /// The last event before the gateway goes (seed 001), with the time after which to come back.
    static String shutdown(long retryMillis) {
        return "retry: " + retryMillis + "\nevent: server-shutdown\ndata: {\"reconnect\":true}\n\n";
    }

    /// Tells a client at its start what can't be replayed.
    private static String gap(Gap gap) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("reason", Counter.label(gap.reason()));
        data.put("after", gap.after());
        data.put("next", gap.next());
        return event(data);
    }

    /// Tells a client that events were dropped because it was slow.
    ///
    /// @param dropped how many
    /// @param after id of the last event before them; null when there was none
    /// @param next id of the first event after them; null when none has come yet
    static String overflow(long dropped, @Nullable String after, @Nullable String next) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("reason", "overflow");
        data.put("dropped", dropped);
        data.put("after", after);
        data.put("next", next);
        return event(data);
    }

    /// The bytes of a text on a stream with or without chunked coding.
    static byte[] framed(String text, boolean chunked) {
        return chunked ? EventEncoder.chunk(text) : text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String event(Map<String, @Nullable Object> data) {
        return "event: stream-gap\ndata: " + Json.write(data) + "\n\n";
    }
}
