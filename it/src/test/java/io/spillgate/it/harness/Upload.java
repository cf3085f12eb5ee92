package io.spillgate.it.harness;

import java.nio.charset.StandardCharsets;

/// A publish whose body is an event stream that goes on for as long as the test wants.
public final class Upload implements AutoCloseable {
    private final Wire wire;

    private Upload(Wire wire) {
        this.wire = wire;
    }

    /// Sends the head of the request.
    public static Upload open(Wire wire, String topic) {
        return open(wire, topic, "Accept: */*");
    }

    /// Sends the head of the request with one more header line.
    public static Upload open(Wire wire, String topic, String headerLine) {
        wire.sendLines(
                """
                POST /events/%s HTTP/1.1
                Host: test
                Content-Type: text/event-stream
                Transfer-Encoding: chunked
                %s

                """
                        .formatted(topic, headerLine));
        return new Upload(wire);
    }

    /// Sends one chunk.
    public Upload send(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        wire.send(Integer.toHexString(bytes.length) + "\r\n").send(bytes).send("\r\n");
        return this;
    }

    /// Sends the last chunk and reads the answer.
    public Answer finish() {
        return wire.send("0\r\n\r\n").answer();
    }

    /// The connection below.
    public Wire wire() {
        return wire;
    }

    @Override
    public void close() {
        wire.close();
    }
}
