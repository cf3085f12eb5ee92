package io.spillgate.it.browser;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// What a page needs of a backend: the page itself at `/`, a WebSocket at `/ws` that says
/// everything again, and an event stream at `/stream` of what a test [#say]s.
final class WebBackend implements Backend.Script {
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String PAGE = "<!doctype html><title>proxied</title><p>proxied";

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    /// Sends an event to whoever reads the stream.
    void say(String data) {
        events.add(data);
    }

    @Override
    public void run(BackendRequest request, BackendReply reply) throws Exception {
        switch (request.target()) {
            case "/ws" -> echo(request, reply);
            case "/stream" -> stream(reply);
            case "/" ->
                    reply.sendLines(
                                    "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: "
                                            + PAGE.length()
                                            + "\n\n")
                            .send(PAGE);
            default -> reply.sendLines("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n");
        }
    }

    private void stream(BackendReply reply) throws IOException, InterruptedException {
        reply.sendLines("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n");
        while (!reply.isEnded()) {
            reply.send("data: " + events.take() + "\n\n");
        }
    }

    private static void echo(BackendRequest request, BackendReply reply) throws IOException {
        reply.sendLines(
                "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n"
                        + "Sec-WebSocket-Accept: "
                        + accept(String.valueOf(request.header("Sec-WebSocket-Key")))
                        + "\n\n");
        InputStream in = reply.input();
        for (int first = in.read(); first >= 0; first = in.read()) {
            byte[] payload = payload(in);
            boolean close = (first & 0x0f) == 8;
            reply.send(frame(first, payload));
            if (close) {
                reply.close();
                return;
            }
        }
    }

    /// The payload of a masked frame whose first byte was read (RFC 6455 section 5.2).
    private static byte[] payload(InputStream in) throws IOException {
        int length = in.read() & 0x7f;
        if (length == 126) {
            byte[] more = exactly(in, 2);
            length = ((more[0] & 0xff) << 8) | (more[1] & 0xff);
        } else if (length == 127) {
            throw new IOException("a longer frame than these tests send");
        }
        byte[] mask = exactly(in, 4);
        byte[] payload = exactly(in, length);
        for (int i = 0; i < length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return payload;
    }

    private static byte[] frame(int first, byte[] payload) {
        int head = payload.length < 126 ? 2 : 4;
        byte[] frame = new byte[head + payload.length];
        frame[0] = (byte) first;
        frame[1] = (byte) (head == 2 ? payload.length : 126);
        if (head == 4) {
            frame[2] = (byte) (payload.length >> 8);
            frame[3] = (byte) payload.length;
        }
        System.arraycopy(payload, 0, frame, head, payload.length);
        return frame;
    }

    private static byte[] exactly(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the tunnel has ended");
        }
        return bytes;
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] hash = sha1.digest((key + MAGIC).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
