package io.spillgate.it.proxy;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One request at a [SteppedReplies]; the backend's script for it ends with [#done] or with the
/// connection.
public final class BackendExchange {
    private static final int LOOK_MILLIS = 5;
    private static final long LONGEST_TEST_NANOS = Duration.ofSeconds(60).toNanos();

    private final BackendRequest request;
    private final BackendReply reply;
    private final CountDownLatch done = new CountDownLatch(1);

    BackendExchange(BackendRequest request, BackendReply reply) {
        this.request = request;
        this.reply = reply;
    }

    public BackendRequest request() {
        return request;
    }

    /// Sends these bytes and nothing else.
    public BackendExchange send(String bytes) {
        return tell(() -> reply.send(bytes));
    }

    /// Sends lines: every LF of the text goes out as CRLF.
    public BackendExchange sendLines(String lines) {
        return tell(() -> reply.sendLines(lines));
    }

    /// Sends one chunk.
    public BackendExchange sendChunk(String text) {
        return send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    /// Answers with status 200; the connection goes on.
    public void ok(String body) {
        tell(() -> reply.ok(body));
        done();
    }

    /// Sends FIN.
    public void close() {
        tell(reply::close);
        done();
    }

    /// Resets the connection.
    public void reset() {
        tell(reply::reset);
        done();
    }

    /// Nothing more will be said; the next request of this connection may come.
    public void done() {
        done.countDown();
    }

    /// What comes after the head, where nothing else reads it.
    public InputStream input() {
        return reply.input();
    }

    /// Waits until the gateway has ended the connection, and requires that this takes no longer.
    public void expectGone(Duration atMost) {
        long start = System.nanoTime();
        Await.until("the gateway ends its connection to the backend", reply::isEnded);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        if (took.compareTo(atMost) > 0) {
            throw new AssertionError("the connection was there for another " + took);
        }
    }

    /// Whether the gateway has ended the connection.
    public boolean isGone() {
        return reply.isEnded();
    }

    void awaitEnd() throws InterruptedException {
        long start = System.nanoTime();
        boolean over = false;
        while (!over && System.nanoTime() - start < LONGEST_TEST_NANOS) {
            over = done.await(LOOK_MILLIS, TimeUnit.MILLISECONDS) || reply.isEnded();
        }
    }

    private BackendExchange tell(Telling telling) {
        try {
            telling.tell();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("saying something to the gateway", e);
        }
    }

    private interface Telling {
        void tell() throws IOException;
    }
}
