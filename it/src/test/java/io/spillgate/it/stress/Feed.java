package io.spillgate.it.stress;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Takes a response with chunked coding apart into the events of its stream, fast enough for
/// thousands of streams in one process.
final class Feed {
    private final Sink sink;
    private State state = State.HEAD;
    private byte[] line = new byte[256];
    private int length;
    private int left;
    private @Nullable String id;
    private @Nullable String type;
    private @Nullable String data;

    Feed(Sink sink) {
        this.sink = sink;
    }

    /// Who is told.
    interface Sink {
        /// An event that has data. A type of null stands for `message`.
        void event(@Nullable String id, @Nullable String type, String data);

        /// An id without data, which only sets the last event id.
        void id(String id);
    }

    private enum State {
        HEAD,
        SIZE,
        DATA,
        AFTER_DATA,
        LAST,
        ENDED
    }

    /// Whether the final chunk was seen.
    boolean ended() {
        return state == State.ENDED;
    }

    /// Takes the next bytes.
    ///
    /// @throws AssertionError when they are not what a stream may consist of
    void take(byte[] bytes, int count) {
        for (int i = 0; i < count; ) {
            if (state == State.DATA) {
                int part = Math.min(left, count - i);
                text(bytes, i, i + part);
                i += part;
                left -= part;
                state = left == 0 ? State.AFTER_DATA : State.DATA;
            } else {
                framing(bytes[i++]);
            }
        }
    }

    private void framing(byte b) {
        if (b != '\n') {
            put(b);
            return;
        }
        if (length == 0 || line[length - 1] != '\r') {
            throw new AssertionError("bare LF after " + string());
        }
        length--;
        String text = string();
        switch (state) {
            case HEAD -> {
                if (text.startsWith("HTTP/") && !text.startsWith("HTTP/1.1 200 ")) {
                    throw new AssertionError(text);
                }
                state = text.isEmpty() ? State.SIZE : State.HEAD;
            }
            case SIZE -> {
                left = Integer.parseInt(text, 16);
                state = left == 0 ? State.LAST : State.DATA;
            }
            case AFTER_DATA -> {
                expectEmpty(text);
                state = State.SIZE;
            }
            case LAST -> {
                expectEmpty(text);
                state = State.ENDED;
            }
            default -> throw new AssertionError("after the end: " + text);
        }
        length = 0;
    }

    /// Lines of the stream; every chunk here ends with a blank one, so both framings share a
    /// buffer.
    private void text(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                line();
                length = 0;
            } else {
                put(bytes[i]);
            }
        }
    }

    private void line() {
        if (length == 0) {
            dispatch();
        } else if (startsWith("data: ")) {
            String value = value("data: ");
            data = data == null ? value : data + "\n" + value;
        } else if (startsWith("id: ")) {
            id = value("id: ");
        } else if (startsWith("event: ")) {
            type = value("event: ");
        }
    }

    private void dispatch() {
        if (data != null) {
            sink.event(id, type, data);
        } else if (id != null) {
            sink.id(id);
        }
        id = null;
        type = null;
        data = null;
    }

    private boolean startsWith(String name) {
        if (length < name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (line[i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String value(String name) {
        return new String(line, name.length(), length - name.length(), StandardCharsets.UTF_8);
    }

    private void put(byte b) {
        if (length == line.length) {
            line = Arrays.copyOf(line, 2 * length);
        }
        line[length++] = b;
    }

    private String string() {
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static void expectEmpty(String text) {
        if (!text.isEmpty()) {
            throw new AssertionError("expected CRLF, but received " + text);
        }
    }
}
