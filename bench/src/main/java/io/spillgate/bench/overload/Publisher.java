package io.spillgate.bench.overload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Publishes events of 128 bytes by a fixed schedule on the admin listener, one after the other.
final class Publisher {
    private static final int DATA_BYTES = 128;
    private static final byte[] REQUEST =
            ("POST "
                            + Streams.PATH
                            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                            + DATA_BYTES
                            + "\r\n\r\n"
                            + (char) Streams.MARK
                            + "x".repeat(DATA_BYTES - 1))
                    .getBytes(ISO_8859_1);

    private final InetSocketAddress admin;
    private final long everyNanos;
    private final AtomicLong published = new AtomicLong();
    private final CompletableFuture<Void> publishing;
    private volatile boolean closed;

    Publisher(InetSocketAddress admin, int perSecond) {
        this.admin = admin;
        everyNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        publishing = Background.start("publisher", this::publish);
    }

    /// Events that the gateway has taken.
    long published() {
        return published.get();
    }

    /// Ends after the next event.
    ///
    /// @throws java.util.concurrent.CompletionException when the connection broke
    void stop() {
        closed = true;
        publishing.join();
    }

    private void publish() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.connect(admin);
            publish(socket);
        }
    }

    private void publish(Socket socket) throws IOException {
        long due = System.nanoTime();
        byte[] bytes = new byte[4096];
        AnswerReader reader = new AnswerReader();
        while (!closed) {
            LockSupport.parkNanos(due - System.nanoTime());
            if (System.nanoTime() < due) {
                continue;
            }
            socket.getOutputStream().write(REQUEST);
            reader.reset();
            int count;
            do {
                count = socket.getInputStream().read(bytes);
            } while (count >= 0 && !reader.read(ByteBuffer.wrap(bytes, 0, count)));
            if (reader.status() == 200) {
                published.incrementAndGet();
            }
            due += everyNanos;
        }
    }
}
