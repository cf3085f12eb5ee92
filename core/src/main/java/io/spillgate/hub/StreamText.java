package io.spillgate.hub;

import io.spillgate.log.ResumePoint.Gap;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Json;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The notices of the hub as text of an event stream.
final class StreamText {
    static final byte[] KEEPALIVE = utf8(": keepalive\n\n");

    private StreamText() {}

    /// What every stream begins with: a comment that gets through buffering proxies, the time after
    /// which to come back, what is missing, and an id. Without data the id sets the last event id
    /// and dispatches nothing (WHATWG HTML section 9.2.6); it stands behind the notice of a gap,
    /// which has no id.
    static byte[] opening(Notice.Opening opening) {
        String id = opening.anchor() == null ? "" : "id: " + opening.anchor() + "\n";
        String retry = ":ok\n\nretry: " + opening.retryMillis() + "\n";
        return utf8(
                opening.gap() == null
                        ? retry + id + "\n"
                        : retry + "\n" + gap(opening.gap()) + (id.isEmpty() ? "" : id + "\n"));
    }

    /// The last event before the gateway goes, with the time after which to come back.
    static byte[] shutdown(Notice.Shutdown shutdown) {
        return utf8(
                "retry: "
                        + shutdown.retryMillis()
                        + "\nevent: server-shutdown\ndata: {\"reconnect\":true}\n\n");
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
    static byte[] overflow(Notice.Overflow overflow) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("reason", "overflow");
        data.put("dropped", overflow.dropped());
        data.put("after", overflow.after());
        data.put("next", overflow.next());
        return utf8(event(data));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String event(Map<String, @Nullable Object> data) {
        return "event: stream-gap\ndata: " + Json.write(data) + "\n\n";
    }
}
