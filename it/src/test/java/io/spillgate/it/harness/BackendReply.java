package io.spillgate.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What a [Backend] can do when it has got a request. A text stands for bytes, one char each.
public final class BackendReply {
    private final Socket socket;
    private final InputStream in;
    private final CountDownLatch peerGone;
    private final Runnable closing;

    /// @param closing is told before the socket is closed here
    BackendReply(Socket socket, InputStream in, CountDownLatch peerGone, Runnable closing) {
        this.socket = socket;
        this.in = in;
        this.peerGone = peerGone;
        this.closing = closing;
    }

    /// Sends these bytes and nothing else.
    public BackendReply send(String bytes) throws IOException {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Sends these bytes and nothing else.
    public BackendReply send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /// Sends lines: every LF of the text goes out as CRLF.
    public BackendReply sendLines(String lines) throws IOException {
        return send(lines.replace("\n", "\r\n"));
    }

    /// Sends a whole answer with status 200, in one piece.
    public BackendReply ok(String body) throws IOException {
        return send(
                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(body.length()) + body);
    }

    /// Sends FIN and takes nothing more.
    public void close() throws IOException {
        closing.run();
        socket.close();
    }

    /// Sends FIN; what the peer sends is still read.
    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /// Resets the connection.
    public void reset() throws IOException {
        closing.run();
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /// Says nothing until the connection is gone.
    public void hang() throws InterruptedException {
        peerGone.await();
    }

    /// Waits until the peer has ended the connection, by FIN or reset.
    public void awaitEnd() throws InterruptedException {
        if (!peerGone.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the connection is still there");
        }
    }

    /// Whether the peer has ended the connection.
    public boolean isEnded() {
        return peerGone.getCount() == 0;
    }

    /// What comes after the head; only where nothing else reads it, see [Backend.Reading#BY_HAND].
    public InputStream input() {
        return in;
    }
}
