package io.spillgate.sse;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/// An event as text of the event-stream format, written where it is needed and kept nowhere.
///
/// ```
///   topic: ... LF  event: ... LF  retry: ... LF  data: ... LF  id: ... LF  LF
/// ```
///
/// The id stands last: some clients take it when they have read its line, and would go on behind an
/// event of which the rest never came.
///
/// `topic` is ours: an EventSource ignores fields that it does not know.
///
/// No state, any thread. Source: WHATWG HTML section 9.2.5.
public final class EventText {
    private static final byte[] ID = ascii("id: ");
    private static final byte[] TOPIC = ascii("topic: ");
    private static final byte[] TYPE = ascii("event: ");
    private static final byte[] RETRY = ascii("retry: ");
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] LINE_END = {'\n'};

    private EventText() {}

    /// Bytes of an event with this id.
    ///
    /// @param topic null for no such line
    public static int length(Event event, String id, @Nullable String topic) {
        int idLength = ID.length + Utf8.length(id) + 1;
        int rest = Math.addExact(dataLength(event), idLength + 1);
        return Math.addExact(fieldsLength(event, topic), rest);
    }

    /// Writes the event into a window.
    ///
    /// @param topic null for no such line
    /// @param mark of this event and of earlier windows; left at the last line that begins before
    ///   this one
    public static void put(
            Event event, String id, @Nullable String topic, ByteWindow to, LineMark mark) {
        if (mark.line > 0 && to.skipped() >= mark.textOffset) {
            to.pass(mark.textOffset);
            putLines(event, to, mark, mark.line, mark.dataOffset, mark.textOffset);
        } else {
            if (topic != null) {
                field(TOPIC, topic, to);
            }
            if (event.type() != null) {
                field(TYPE, event.type(), to);
            }
            if (event.retryMillis() >= 0) {
                field(RETRY, Long.toString(event.retryMillis()), to);
            }
            putLines(event, to, mark, 1, 0, fieldsLength(event, topic));
        }
        if (!to.isFull()) {
            field(ID, id, to);
            to.put(LINE_END);
        }
    }

    private static void putLines(
            Event event, ByteWindow to, LineMark mark, int first, int offset, int textOffset) {
        byte[] data = event.data();
        int from = offset;
        int text = textOffset;
        for (int line = first; line <= event.lines() && !to.isFull(); line++) {
            boolean last = line == event.lines();
            int end = last ? data.length : lineEnd(data, from);
            if (to.skipped() > 0) {
                mark.at(line, from, text);
            }
            to.put(DATA);
            to.put(data, from, end - from);
            to.put(LINE_END);
            text += DATA.length + end - from + 1;
            from = last ? end : end + (isCrLf(data, end) ? 2 : 1);
        }
    }

    private static int fieldsLength(Event event, @Nullable String topic) {
        int length = topic == null ? 0 : TOPIC.length + Utf8.length(topic) + 1;
        String type = event.type();
        length += type == null ? 0 : TYPE.length + Utf8.length(type) + 1;
        long retry = event.retryMillis();
        return length + (retry < 0 ? 0 : RETRY.length + digits(retry) + 1);
    }

    private static int dataLength(Event event) {
        return Math.addExact(Math.multiplyExact(event.lines(), DATA.length + 1), event.textBytes());
    }

    private static void field(byte[] name, String value, ByteWindow to) {
        to.put(name);
        to.put(value.getBytes(StandardCharsets.UTF_8));
        to.put(LINE_END);
    }

    private static int lineEnd(byte[] data, int from) {
        int at = from;
        while (data[at] != '\n' && data[at] != '\r') {
            at++;
        }
        return at;
    }

    static boolean isCrLf(byte[] data, int at) {
        return data[at] == '\r' && at + 1 < data.length && data[at + 1] == '\n';
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
