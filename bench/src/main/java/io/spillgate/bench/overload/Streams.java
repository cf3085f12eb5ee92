package io.spillgate.bench.overload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Many event streams of one topic, on a thread of their own; counts the events that arrive.
///
/// Every event has one [#MARK], which nothing else in a stream has.
final class Streams implements AutoCloseable {
    /// In every event once.
    static final byte MARK = '@';

    /// The topic's path.
    static final String PATH = "/events/bench";

    private static final int READ_BYTES = 64 * 1024;
    private static final int CONNECTING_AT_A_TIME = 128;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final byte[] REQUEST =
            ("GET " + PATH + " HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n")
                    .getBytes(ISO_8859_1);

    private final Selector selector = Selector.open();
    private final InetSocketAddress target;
    private final int wanted;
    private final CompletableFuture<Void> holding;
    private final ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private int connecting;
    private int begun;
    private volatile boolean closed;

    Streams(InetSocketAddress target, int wanted) throws IOException {
        this.target = target;
        this.wanted = wanted;
        holding = Background.start("streams", this::hold);
    }

    /// Waits until all streams have their first bytes.
    ///
    /// @throws IOException when they don't within a minute
    void await() throws IOException {
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        while (held.get() < wanted) {
            if (holding.isDone() || System.nanoTime() > giveUp) {
                throw new IOException(held + " of " + wanted + " streams opened");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /// Events that arrived, over all streams.
    long delivered() {
        return delivered.get();
    }

    /// Streams that ended.
    long ended() {
        return lost.get();
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        holding.join();
    }

    private void hold() throws IOException {
        try (selector) {
            while (!closed) {
                while (begun < wanted && connecting < CONNECTING_AT_A_TIME) {
                    begin();
                }
                selector.select(this::ready);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
    }

    private void begin() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_CONNECT, new Stream(channel));
        channel.connect(target);
        begun++;
        connecting++;
    }

    private void ready(SelectionKey key) {
        if (!(key.attachment() instanceof Stream stream)) {
            return;
        }
        try {
            if (key.isConnectable()) {
                stream.channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                stream.channel.write(ByteBuffer.wrap(REQUEST));
            } else {
                stream.read();
            }
        } catch (IOException e) {
            stream.end();
        }
    }

    private final class Stream {
        private final SocketChannel channel;
        private boolean open;

        Stream(SocketChannel channel) {
            this.channel = channel;
        }

        void read() throws IOException {
            bytes.clear();
            int count = channel.read(bytes);
            if (count < 0) {
                end();
                return;
            }
            if (!open) {
                open(new String(bytes.array(), 0, Math.min(count, 12), ISO_8859_1));
            }
            int events = 0;
            for (int i = 0; i < count; i++) {
                events += bytes.array()[i] == MARK ? 1 : 0;
            }
            delivered.lazySet(delivered.get() + events);
        }

        private void open(String status) throws IOException {
            if (!status.endsWith(" 200")) {
                end();
                return;
            }
            open = true;
            connecting--;
            held.incrementAndGet();
        }

        /// One that was never open, or that ended while others are still being opened, is begun
        /// again.
        private void end() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            boolean opening = held.get() < wanted;
            if (open && opening) {
                held.decrementAndGet();
            } else if (open) {
                lost.incrementAndGet();
            } else {
                connecting--;
            }
            begun -= opening ? 1 : 0;
        }
    }
}
