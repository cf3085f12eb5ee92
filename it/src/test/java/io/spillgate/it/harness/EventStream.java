package io.spillgate.it.harness;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A subscribed event stream, read by the test's own thread.
///
/// What the gateway says at the beginning (`:ok`, `retry:`) is consumed by [#open].
public final class EventStream implements AutoCloseable {
    private final Wire wire;
    private final Answer head;
    private final boolean chunked;
    private int leftInChunk;

    private EventStream(Wire wire, Answer head) {
        this.wire = wire;
        this.head = head;
        this.chunked = head.header("Transfer-Encoding") != null;
    }

    /// Part of a stream up to a blank line.
    ///
    /// @param lines without their ends
    public record Block(List<String> lines) {
        public Block {
            lines = List.copyOf(lines);
        }

        /// The data lines, joined by LF; null when there is none.
        public @Nullable String data() {
            List<String> values = values("data");
            return values.isEmpty() ? null : String.join("\n", values);
        }

        /// The value of the last such field; null when there is none.
        public @Nullable String field(String name) {
            List<String> values = values(name);
            return values.isEmpty() ? null : values.getLast();
        }

        /// The value of `id`; null when there is none.
        public @Nullable String id() {
            return field("id");
        }

        private List<String> values(String name) {
            return lines.stream()
                    .filter(line -> line.equals(name) || line.startsWith(name + ":"))
                    .map(line -> line.substring(Math.min(line.length(), name.length() + 1)))
                    .map(value -> value.startsWith(" ") ? value.substring(1) : value)
                    .toList();
        }
    }

    /// Subscribes and waits for the first bytes of the stream.
    ///
    /// @param target path and query of the request
    /// @param headerLines further header lines, without CRLF
    public static EventStream open(Wire wire, String target, String... headerLines) {
        EventStream stream = request(wire, target, headerLines);
        if (stream.head.status() != 200) {
            throw new AssertionError("not subscribed: " + stream.head);
        }
        stream.expectOpening();
        return stream;
    }

    /// Sends the request of a subscription and reads only the head of its answer.
    public static EventStream request(Wire wire, String target, String... headerLines) {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\nHost: test\n");
        for (String line : headerLines) {
            request.append(line).append('\n');
        }
        wire.sendLines(request.append('\n').toString());
        return new EventStream(wire, wire.head());
    }

    /// Goes on with an answer whose head was read already.
    public static EventStream over(Wire wire, Answer head) {
        return new EventStream(wire, head);
    }

    /// The head of the answer.
    public Answer head() {
        return head;
    }

    /// The connection below.
    public Wire wire() {
        return wire;
    }

    /// Reads `:ok` and `retry:`, and returns the milliseconds of the latter.
    public int expectOpening() {
        Block ok = block();
        Block retry = block();
        if (!ok.lines.equals(List.of(":ok")) || retry.data() != null) {
            throw new AssertionError("stream begins with " + ok + " " + retry);
        }
        String millis = retry.field("retry");
        if (millis == null) {
            throw new AssertionError("stream begins with " + ok + " " + retry);
        }
        return Integer.parseInt(millis);
    }

    /// The next block of any kind.
    public Block block() {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            lines.add(line);
        }
        return new Block(lines);
    }

    /// The next block that has data.
    public Block event() {
        Block block = block();
        while (block.data() == null) {
            block = block();
        }
        return block;
    }

    /// The next blocks that have data.
    public List<Block> events(int count) {
        List<Block> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            events.add(event());
        }
        return events;
    }

    /// The data of the next events.
    public List<String> data(int count) {
        List<String> data = new ArrayList<>(count);
        for (Block event : events(count)) {
            data.add(String.valueOf(event.data()));
        }
        return data;
    }

    /// Requires that the stream ends cleanly here: the final chunk, then FIN.
    public void expectEnd() {
        if (leftInChunk > 0) {
            throw new AssertionError("stream goes on: " + block());
        }
        if (chunked) {
            wire.expect("0\r\n\r\n");
        }
        wire.expectEnd();
    }

    @Override
    public void close() {
        wire.close();
    }

    private String line() {
        StringBuilder bytes = new StringBuilder();
        for (int b = nextByte(); b != '\n'; b = nextByte()) {
            bytes.append((char) b);
        }
        byte[] raw = bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
        return new String(raw, StandardCharsets.UTF_8);
    }

    private int nextByte() {
        if (!chunked) {
            return wire.take(1).charAt(0);
        }
        if (leftInChunk == 0) {
            leftInChunk = wire.chunkSize();
            if (leftInChunk == 0) {
                throw new AssertionError("the stream has ended");
            }
        }
        char b = wire.take(1).charAt(0);
        leftInChunk--;
        if (leftInChunk == 0) {
            wire.expect("\r\n");
        }
        return b;
    }
}
